for (const button of document.querySelectorAll("th button")) {
  button.addEventListener("click", () => {
    const header = button.closest("th");
    const body = header.closest("table").tBodies[0];
    const rising = header.getAttribute("aria-sort") !== "ascending";
    const value = (row) => row.cells[header.cellIndex].dataset.value;
    const numeric = header.dataset.kind === "number";
    const rows = [...body.rows].sort((one, other) =>
      numeric ? value(one) - value(other) : value(one).localeCompare(value(other), undefined, { numeric: true }));
    for (const each of header.parentElement.cells) each.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", rising ? "ascending" : "descending");
    body.append(...(rising ? rows : rows.reverse()));
  });
}
