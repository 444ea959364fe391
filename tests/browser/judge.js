// What axe finds serious or critical in the open menu or dialog, else on the page.
// A target cut by the edge of what scrolls is looked at again in the middle: its place was chance.
// ``parts`` are selectors of what is to be looked at instead of the whole.
async ([only, parts]) => {
  const options = { runOnly: only, resultTypes: ["violations"], preload: false };
  const place = document.querySelector(".menu:popover-open") ?? document.querySelector("dialog[open]") ?? document;
  const context = parts ? { include: parts } : place;
  const { violations } = await axe.run(context, options);
  const said = [];
  for (const one of violations.filter((found) => ["serious", "critical"].includes(found.impact))) {
    for (const node of one.nodes) {
      const target = one.id === "target-size" && document.querySelector(node.target.at(-1));
      if (target) {
        target.scrollIntoView({ block: "center" });
        const again = await axe.run(target, { ...options, runOnly: { type: "rule", values: ["target-size"] } });
        if (!again.violations.length) continue;
      }
      said.push(`axe ${one.id}: ${node.target.join(" ")} ${node.failureSummary.replace(/\s+/g, " ").slice(0, 220)}`);
    }
  }
  return said;
}
