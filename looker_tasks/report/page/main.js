// Brings the parts together: keys, links between them, times in the viewer's own zone.

for (const time of document.querySelectorAll("time")) {
  const at = new Date(time.getAttribute("datetime"));
  time.title = time.textContent;
  time.textContent = (time.dataset.form === "day" ? DAY : MOMENT).format(at);
}

for (const button of document.querySelectorAll(".show-more")) {
  button.addEventListener("click", () => {
    const whole = button.parentElement.classList.toggle("all");
    button.setAttribute("aria-expanded", String(whole));
    button.dataset.more ||= button.textContent;
    button.textContent = whole ? "Show fewer" : button.dataset.more;
  });
}

const byName = new Map(FILES.map((file) => [file.name, file]));
for (const button of document.querySelectorAll(".open")) {
  button.addEventListener("click", () => openDetails(byName.get(button.dataset.name)));
}
for (const button of document.querySelectorAll(".open-content")) {
  button.addEventListener("click", () => {
    forgetFilters();
    view.content = button.dataset.content;
    view.column = COLUMNS.find((column) => column.id === "time");
    view.isDown = true;
    showFilters();
    refresh();
    document.getElementById("files").scrollIntoView();
  });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const isTyping = event.target.matches("input, select, textarea");
  if (event.key === "Escape") {
    if (!pane.hidden) closeDetails();
    else if (event.target.id === "search") event.target.blur();
  } else if (event.key === "/" && !isTyping) {
    event.preventDefault();
    document.getElementById("search").focus();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp" || ((event.key === "j" || event.key === "k") && !isTyping)) {
    const by = event.key === "ArrowDown" || event.key === "j" ? 1 : -1;
    if (!pane.hidden && pane.contains(event.target)) {
      event.preventDefault();
      openBeside(by);
    } else if (event.target.closest("#list") || leftBehind || event.key === "j" || event.key === "k" || (event.target.id === "search" && by > 0)) {
      event.preventDefault();
      moveFocus(by * (view.pictures && event.key.startsWith("Arrow") ? measures().columns : 1));
    }
  } else if (view.pictures && (event.key === "ArrowLeft" || event.key === "ArrowRight") && event.target.closest("#list")) {
    event.preventDefault();
    moveFocus(event.key === "ArrowRight" ? 1 : -1);
  }
});

setUpFiles();
setUpChart();
