export { Content, Group, Item, Label, Portal, Root, Separator, Trigger } from "@radix-ui/react-dropdown-menu";
