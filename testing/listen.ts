export { listen } from "@/server/start/process";
