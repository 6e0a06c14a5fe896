// Elements from code; text is always text, so that no name can become anything else.
export function make(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined).map((c) => (c instanceof Node ? c : String(c))));
  return made;
}

let fading = 0;
export function say(words) {
  const place = document.getElementById("say");
  place.textContent = words;
  place.classList.add("on");
  clearTimeout(fading);
  fading = setTimeout(() => place.classList.remove("on"), 5000);
}

export function openDialog(title, content, close) {
  const dialog = make("dialog", {"aria-label": title}, make("h3", {}, title), content,
    make("form", {method: "dialog"}, make("button", {class: "main"}, close)));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
