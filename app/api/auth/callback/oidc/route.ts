export { completeSignIn as GET } from "@/lib/web/sign-in/complete-sign-in";
