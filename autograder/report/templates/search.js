const search = document.querySelector("#search");
if (search) {
  const field = search.querySelector("input");
  const kind = search.querySelector("select");
  const found = search.querySelector("output");
  const rows = [...document.querySelector("#students-table").tBodies[0].rows];
  const names = rows.map((row) => row.cells[0].dataset.value.toLocaleLowerCase());
  const kinds = rows.map((row) => row.dataset.kinds.split(" "));
  const apply = () => {
    const words = field.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    let amount = 0;
    rows.forEach((row, place) => {
      const fits = words.every((word) => names[place].includes(word))
        && (!kind.value || kinds[place].includes(kind.value));
      row.hidden = !fits;
      amount += fits;
    });
    found.value = `${amount} of ${rows.length} shown`;
  };
  field.addEventListener("input", apply);
  kind.addEventListener("change", apply);
  search.addEventListener("submit", (event) => event.preventDefault());
  search.hidden = false;
  apply();
}
