// A menu that stands open beside the page is folded where it would push the page off a phone.
all("[data-fold]").forEach((menu) => {
  const beside = matchMedia("(min-width: 60rem)");
  const follow = () => { menu.open = beside.matches; };
  beside.addEventListener("change", follow);
  follow();
});
