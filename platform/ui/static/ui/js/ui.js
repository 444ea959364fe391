// Loads the custom elements. Each is a module of its own and harmless without JavaScript.
import "./ui-toast.js";
import "./ui-dialog.js";
import "./ui-menu.js";
import "./ui-tip.js";
import "./ui-hotkeys.js";
import "./ui-palette.js";
import "./ui-rows.js";
import "./ui-board.js";
import "./ui-inline.js";
import "./ui-combobox.js";
import "./ui-copy.js";
import "./ui-upload.js";
import "./ui-draft.js";
import "./ui-sending.js";
