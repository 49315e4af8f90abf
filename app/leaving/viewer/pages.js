"use strict";
// The pages: search, a dossier, the list by order of filing, the tables. Everything is set as text.
(() => {
  const main = document.querySelector("main");
  const MOST = 40;
  const CHANNELS = { online: "Trực tuyến", counter: "Trực tiếp tại quầy", postal: "Bưu chính công ích", linked: "Liên thông" };
  const FORMS = { original: "Bản chính", copy: "Bản sao", electronic: "Bản điện tử" };
  const KINDS = { submitted: "Người nộp gửi", result: "Kết quả giải quyết", answer: "Văn bản trả lời" };
  const STATES = { pending: "Chờ gửi", sent: "Đã gửi", delivered: "Đã nhận", failed: "Không gửi được", in_doubt: "Chưa rõ kết quả", held: "Tạm giữ", dropped: "Không gửi" };
  const APPLICANT = { full_name: "Họ tên", id_number: "Số định danh", phone: "Điện thoại", email: "Thư điện tử", address: "Địa chỉ" };
  const CLOCK = new Intl.DateTimeFormat("vi-VN", { timeZone: "Asia/Ho_Chi_Minh", day: "2-digit", month: "2-digit", year: "numeric", hour: "2-digit", minute: "2-digit" });
  const DAY = new Intl.DateTimeFormat("vi-VN", { timeZone: "Asia/Ho_Chi_Minh", day: "2-digit", month: "2-digit", year: "numeric" });
  const COUNT = new Intl.NumberFormat("vi-VN");
  const moment = (text) => (text ? CLOCK.format(new Date(text)) : "");
  const day = (text) => (text ? DAY.format(new Date(text)) : "");

  function make(name, inside = [], given = {}) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(given)) { element.setAttribute(key, value); }
    element.append(...[inside].flat().filter((each) => each !== null && each !== undefined));
    return element;
  }

  function show(title, ...parts) {
    document.title = `${title} - ${motcua.facts().site.name}`;
    main.replaceChildren(make("h1", title), ...parts);
    window.scrollTo(0, 0);
  }

  function pairs(rows) {
    const list = make("dl");
    for (const [name, value] of rows) {
      if (value !== null && value !== undefined && value !== "") { list.append(make("dt", name), make("dd", String(value))); }
    }
    return list;
  }

  function table(caption, heads, rows, numbers = []) {
    const head = make("thead", make("tr", heads.map((each) => make("th", each, { scope: "col" }))));
    const body = rows.map((row) => make("tr", row.map((cell, at) => make("td", cell ?? "", numbers.includes(at) ? { class: "number" } : {}))));
    return make("table", [head, make("tbody", body)], { class: "cards", "aria-label": caption });
  }

  function section(title, content) { return make("section", [make("h2", title), content]); }

  function line(number, dossier) {
    const status = motcua.facts().statuses[dossier.status] ?? "";
    return make("li", [
      make("a", dossier.code, { href: `#/ho-so/${number}` }), ` ${dossier.name}`,
      make("div", `${dossier.procedure}. Nộp ngày ${day(dossier.filed_at)}. ${status}.`, { class: "dim" }),
    ]);
  }

  function searchForm(text) {
    const box = make("input", [], { id: "tim", name: "tim", type: "search", autocomplete: "off", value: text });
    const form = make("form", [make("div", [make("label", "Mã hồ sơ hoặc họ tên người nộp", { for: "tim" }), box]), make("button", "Tìm", { type: "submit" })], { role: "search" });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      location.hash = `#/tim/${encodeURIComponent(box.value.trim())}`;
    });
    return form;
  }

  async function lines(numbers) {
    const list = make("ul", [], { class: "found" });
    for (const number of numbers) { list.append(line(number, await motcua.dossier(number))); }
    return list;
  }

  function home() {
    const { tables } = motcua.facts(), count = motcua.tops().dossiers;
    show("Xem hồ sơ đã lưu", searchForm(""),
      make("p", `Có ${COUNT.format(count)} hồ sơ. Gõ mã hồ sơ, hoặc họ tên có dấu hay không dấu; có thể gõ từ giữa tên, ví dụ van hung.`, { class: "dim" }),
      make("p", make("a", "Xem lần lượt theo thời gian nộp", { href: "#/danh-sach/0" })),
      section("Toàn bộ các bảng dữ liệu", table("Các bảng dữ liệu", ["Bảng", "Số dòng", "Tệp"],
        tables.map(([title, rows, path]) => [title, `${COUNT.format(rows)} dòng`, make("a", path.split("/").pop(), { href: path })]), [1])));
  }

  async function results(text) {
    const numbers = await motcua.search(text, MOST);
    const said = numbers.length === 0 ? "Không có hồ sơ nào khớp. Ông/bà kiểm tra lại mã hồ sơ hoặc gõ ít chữ hơn."
      : numbers.length >= MOST ? `Có từ ${MOST} hồ sơ trở lên; dưới đây là ${MOST} hồ sơ đầu tiên. Ông/bà gõ thêm để thu hẹp.`
        : `Tìm thấy ${numbers.length} hồ sơ.`;
    const found = await lines(numbers);
    show(`Kết quả tìm: ${text}`, searchForm(text), make("p", said, { role: "status" }), ...(numbers.length ? [found] : []));
  }

  async function list(number) {
    const { dossiers, per } = motcua.tops(), last = Math.max(0, Math.ceil(dossiers / per) - 1);
    const first = number * per;
    const numbers = Array.from({ length: Math.max(0, Math.min(per, dossiers - first)) }, (_, at) => first + at);
    const links = make("nav", [
      number > 0 ? make("a", "Trang trước", { href: `#/danh-sach/${number - 1}` }) : null,
      number < last ? make("a", "Trang sau", { href: `#/danh-sach/${number + 1}` }) : null,
    ], { class: "pages", "aria-label": "Các trang" });
    show(`Danh sách hồ sơ, trang ${number + 1} trên ${last + 1}`, await lines(numbers), links);
  }

  function answers(dossier) {
    const fields = motcua.facts().forms[dossier.form] ?? [];
    const known = fields.filter(([key]) => key in dossier.answers);
    const rest = Object.keys(dossier.answers).filter((key) => !known.some(([other]) => other === key));
    return [...known, ...rest.map((key) => [key, key, {}])].map(([key, label, options]) => {
      const value = dossier.answers[key];
      const text = typeof value === "object" ? JSON.stringify(value) : String(value);
      return [label, options[text] ?? text];
    });
  }

  function file(paper) {
    if (!paper.sha256) { return "Giấy tờ bản giấy"; }
    const path = `../files/${paper.sha256.slice(0, 2)}/${paper.sha256}${motcua.facts().endings[paper.type] ?? ""}`;
    const size = `${COUNT.format(Math.max(1, Math.round(paper.size / 1024)))} KB`;
    return make("a", `${paper.file ?? "Mở tệp"} (${size})`, { href: path, target: "_blank", rel: "noopener" });
  }

  function person(dossier) {
    const known = Object.entries(dossier.applicant ?? {}).filter(([, value]) => typeof value === "string");
    return pairs([["Họ tên", dossier.name], ...known.filter(([key]) => key !== "full_name").map(([key, value]) => [APPLICANT[key] ?? key, value])]);
  }

  async function one(number) {
    const dossier = await motcua.dossier(number);
    if (!dossier) { return missing(); }
    const parts = [
      pairs([["Thủ tục", `${dossier.procedure} (${dossier.procedure_code})`], ["Lĩnh vực", dossier.field], ["Trích yếu", dossier.summary],
        ["Cơ quan giải quyết", dossier.agency], ["Tình trạng", motcua.facts().statuses[dossier.status]], ["Cách nộp", CHANNELS[dossier.channel]],
        ["Mã cũ", (dossier.former ?? []).join(", ")], ["Số trong sổ theo dõi", dossier.register ? `${dossier.register[0]}/${dossier.register[1]}` : ""],
        ["Ngày nộp", moment(dossier.filed_at)], ["Ngày tiếp nhận", moment(dossier.received_at)], ["Hạn trả kết quả", moment(dossier.due_at)],
        ["Giải quyết xong", moment(dossier.finished_at)], ["Đã trả kết quả", moment(dossier.delivered_at)], ["Người dân đánh giá", motcua.facts().ratings[dossier.rating]]]),
      section("Người nộp", person(dossier)),
    ];
    if (Object.keys(dossier.answers ?? {}).length) { parts.push(section("Nội dung khai", pairs(answers(dossier)))); }
    if (dossier.papers) {
      parts.push(section("Giấy tờ", table("Giấy tờ", ["Tên giấy tờ", "Loại", "Bản", "Tệp"],
        dossier.papers.map((paper) => [paper.name, KINDS[paper.kind] ?? paper.kind, `${FORMS[paper.form] ?? paper.form}, số lượng ${paper.quantity}`, file(paper)]))));
    }
    if (dossier.progress) {
      parts.push(section("Quá trình giải quyết", table("Quá trình giải quyết", ["Thời điểm", "Việc", "Cơ quan, người làm", "Ghi chú"],
        dossier.progress.map(([at, title, agency, officer, note]) => [moment(at), title, [agency, officer].filter(Boolean).join(", "), note]))));
    }
    if (dossier.slips) {
      parts.push(section("Giấy đã cấp theo mẫu", table("Giấy đã cấp", ["Mẫu", "Số", "Thời điểm"],
        dossier.slips.map(([form, count, year, at]) => [`${form}: ${motcua.facts().slips[form] ?? ""}`, count ? `${count}/${year}` : "", moment(at)]))));
    }
    if (dossier.notices) {
      parts.push(section("Tin đã báo", table("Tin đã báo", ["Thời điểm", "Nội dung", "Kết quả"],
        dossier.notices.map(([at, state, text]) => [moment(at), text, STATES[state] ?? state]))));
    }
    show(`Hồ sơ ${dossier.code}`, ...parts);
  }

  function missing() {
    show("Không có trang này", make("p", make("a", "Về trang tìm hồ sơ", { href: "#/" })));
  }

  const ROUTES = [
    [/^$/, home],
    [/^tim\/(.+)$/, (text) => results(decodeURIComponent(text))],
    [/^danh-sach\/(\d+)$/, (number) => list(Number(number))],
    [/^ho-so\/(\d+)$/, (number) => one(Number(number))],
  ];

  async function go() {
    if (!location.hash.startsWith("#/") && location.hash !== "") { return; }
    const path = location.hash.slice(2);
    for (const [shape, page] of ROUTES) {
      const match = shape.exec(path);
      if (!match) { continue; }
      try { await page(...match.slice(1)); } catch (error) {
        show("Không mở được dữ liệu", make("p", `Không đọc được tệp ${error.message}. Ông/bà kiểm tra thư mục đã được chép đầy đủ.`));
      }
      if (path) { main.focus({ preventScroll: true }); }
      return;
    }
    missing();
  }

  const { site, brand } = motcua.facts();
  document.documentElement.style.setProperty("--brand", brand);
  document.getElementById("site").textContent = site.name;
  document.getElementById("office").textContent = site.office;
  window.addEventListener("hashchange", go);
  go();
})();
