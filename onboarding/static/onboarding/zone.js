// The visitor's time zone, so that nobody has to choose it; without JavaScript the language's usual one is taken.
const field = document.querySelector("input[name=zone]");
if (field && !field.value) field.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
