/* What is typed into form[data-draft] is kept by the server, under the form's own name, until the form is accepted: it
   survives a reload, a lost connection and a restart. Only what differs from the form as it was opened is kept, so that
   what has become known since is not overwritten. While the server cannot be reached the text waits on this machine
   (numbers of people, data-private, in this tab only). Signing out forgets what waits here; the server keeps its copy. */
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const place = document.body.dataset.drafts;
  if (!place) return;
  const user = document.body.dataset.user;
  const local = (name) => `mz-draft:${user}:${name}`;
  const accepted = document.cookie.match(/(?:^|; )mz-accepted=([^;]+)/)?.[1];
  if (accepted) {
    drop(accepted);
    document.cookie = "mz-accepted=; max-age=0; path=/";
  }
  const forms = [...document.querySelectorAll("form[data-draft]")];
  forms.forEach((form) => begin(form));
  if (forms.length) {
    const asked = new URLSearchParams(forms.map((form) => ["form", form.dataset.draft]));
    fetch(`${place}?${asked}`, { headers: { Accept: "application/json" } })
      .then((answer) => (answer.ok ? answer.json() : {}))
      .catch(() => ({}))
      .then((kept) => forms.forEach((form) => form.draft.open(kept[form.dataset.draft])));
  }
  document.querySelectorAll("form[data-sign-out]").forEach((form) => form.addEventListener("submit", () => {
    Object.keys(localStorage).filter((name) => name.startsWith("mz-draft:")).forEach((name) => localStorage.removeItem(name));
    sessionStorage.clear();
  }));

  function drop(name) { localStorage.removeItem(local(name)); sessionStorage.removeItem(local(name)); }

  function begin(form) {
    const name = form.dataset.draft;
    const known = new Set();
    let timer = 0, sending = null, waits = false, touched = false;
    form.draft = { open };
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "_draft", value: name }));
    form.addEventListener("input", () => { touched = true; wait(); clearTimeout(timer); timer = setTimeout(send, 500); });
    // What was typed last leaves with the page; a form that is being sent waits for a copy that is still on its way.
    document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") flush(); });
    window.addEventListener("pagehide", flush);
    window.addEventListener("online", () => { if (waits) send(); });
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented) return;
      clearTimeout(timer);
      timer = 0; // or the copy would be sent once more with the page, after the form itself
      if (!sending) return;
      event.preventDefault();
      const submitter = event.submitter;
      const on = () => form.requestSubmit(submitter);
      Promise.race([sending, new Promise((done) => setTimeout(done, 3000))]).then(() => { sending = null; on(); });
    });

    function fields() {
      const skipped = ["hidden", "password", "file", "submit", "button"];
      return [...form.elements].filter((field) => field.name && !skipped.includes(field.type) && !field.hasAttribute("data-reload"));
    }
    function ticks(field) { return field.type === "checkbox" || field.type === "radio"; }
    function key(field) { return ticks(field) ? `${field.name}=${field.value}` : field.name; }
    function changed(field) {
      if (ticks(field)) return field.checked !== field.defaultChecked;
      if (field.tagName === "SELECT") return field.value !== ([...field.options].find((one) => one.defaultSelected) ?? field.options[0])?.value;
      return field.value !== field.defaultValue;
    }
    function read() { return fields().filter((field) => known.has(key(field)) || changed(field)); }
    function written(list) { return list.map((field) => [field.name, field.value, ticks(field) ? field.checked : null]); }

    /* Until the server has it, it waits here. */
    function wait() {
      waits = true;
      const open = read().filter((field) => !field.hasAttribute("data-private"));
      const secret = read().filter((field) => field.hasAttribute("data-private"));
      localStorage.setItem(local(name), JSON.stringify(written(open)));
      if (secret.length) sessionStorage.setItem(local(name), JSON.stringify(written(secret)));
    }
    function send() {
      clearTimeout(timer);
      timer = 0;
      const body = JSON.stringify({ form: name, fields: written(read()) });
      const token = form.elements.csrfmiddlewaretoken.value;
      const going = fetch(place, { method: "POST", body, keepalive: body.length < 60000, headers: { "Content-Type": "application/json", "X-CSRFToken": token } })
        .then((answer) => { if (!answer.ok) throw new Error(String(answer.status)); if (!timer) { waits = false; drop(name); } unkept(false); })
        .catch(() => unkept(true))
        .finally(() => { if (sending === going) sending = null; });
      sending = going;
    }
    function flush() { if (timer) send(); }
    function unkept(is) {
      const shown = form.querySelector(":scope > .mz-draft-unkept");
      if (!is) { shown?.remove(); return; }
      if (shown) return;
      const note = document.getElementById("draft-unkept")?.content.cloneNode(true).firstElementChild;
      if (note) { note.classList.add("mz-draft-unkept"); form.prepend(note); }
    }

    /* The draft, when the form is opened: what waits on this machine is newer than what the server has. */
    function open(kept) {
      const here = [localStorage.getItem(local(name)), sessionStorage.getItem(local(name))].filter(Boolean).flatMap((text) => JSON.parse(text));
      const draft = here.length ? here : kept?.fields ?? [];
      draft.forEach(([field, value, checked]) => known.add(checked === null ? field : `${field}=${value}`));
      if (form.hasAttribute("data-refused") || touched) return;
      let restored = false;
      for (const [field, value, checked] of draft) {
        for (const control of fields().filter((other) => other.name === field)) {
          if (checked === null && control.value !== value) { control.value = value; restored = control.value === value || restored; }
          else if (checked !== null && control.value === value && control.checked !== checked) { control.checked = checked; restored = true; }
          else continue;
          for (let box = control.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
        }
      }
      if (here.length) send();
      if (restored) offer(kept?.at);
    }
    function offer(at) {
      const bar = document.getElementById("draft-note").content.cloneNode(true).firstElementChild;
      if (at) bar.querySelector("time").textContent = new Date(at).toLocaleString(document.documentElement.lang, { dateStyle: "short", timeStyle: "short" });
      form.prepend(bar);
      bar.querySelector("button").addEventListener("click", () => { form.reset(); known.clear(); drop(name); send(); bar.remove(); });
    }
  }
});
