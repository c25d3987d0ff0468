// Pages work without this. It shows a password on request, and stops a second tap on a button that is already sending.
"use strict";
for (const input of document.querySelectorAll('input[type="password"]')) {
  const label = document.createElement("label");
  label.className = "reveal";
  const box = document.createElement("input");
  box.type = "checkbox";
  box.addEventListener("change", () => { input.type = box.checked ? "text" : "password"; });
  label.append(box, " 文字を表示する");
  input.after(label);
}
for (const form of document.querySelectorAll('form[method="post"]')) {
  form.addEventListener("submit", event => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
}
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});
