for (const button of document.querySelectorAll("th button")) {
  button.disabled = false;
  button.addEventListener("click", () => {
    const header = button.closest("th");
    const body = header.closest("table").tBodies[0];
    const rising = header.getAttribute("aria-sort") !== "ascending";
    const numeric = header.dataset.kind === "number";
    const texts = new Intl.Collator(undefined, { numeric: true });
    const pairs = [...body.rows].map((row) => [row.cells[header.cellIndex].dataset.value, row]);
    pairs.sort(numeric ? ([one], [other]) => one - other : ([one], [other]) => texts.compare(one, other));
    for (const each of header.parentElement.cells) if (each.querySelector("button")) each.setAttribute("aria-sort", "none");
    header.setAttribute("aria-sort", rising ? "ascending" : "descending");
    body.append(...(rising ? pairs : pairs.reverse()).map(([, row]) => row));
  });
}
