// Loads the custom elements and page-wide behaviour. Each is a module of its own; without JavaScript pages work plainer.
import "ui/sending";
import "ui/toast";
import "ui/dialog";
import "ui/menu";
import "ui/tip";
import "ui/bar";
import "ui/hotkeys";
import "ui/palette";
import "ui/rows";
import "ui/board";
import "ui/inline";
import "ui/combobox";
import "ui/date";
import "ui/copy";
import "ui/upload";
import "ui/draft";
import "ui/time";
