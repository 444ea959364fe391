// Loads the custom elements. Each is a module of its own and harmless without JavaScript.
import "./ui-toast.js";
import "./ui-dialog.js";
