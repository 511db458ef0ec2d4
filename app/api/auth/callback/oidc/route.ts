export { completeSignIn as GET } from "@/lib/web/complete-sign-in";
