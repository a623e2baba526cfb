// PaperScript - the one script of the page; the page is complete without it.
// SPDX-License-Identifier: Apache-2.0

/// Lights up a symbol with all its places in its section, and the contents' entry that is read.
enum PaperScript {
  static let text = """
    (() => {
      let lit = [], held = null;
      const light = (mark) => {
        for (const place of lit) place.classList.remove("lit");
        const section = mark && mark.closest("section");
        const name = section && mark.dataset.s;
        lit = name ? [...section.querySelectorAll("[data-s]")].filter((p) => p.dataset.s === name) : [];
        for (const place of lit) place.classList.add("lit");
      };
      const mark = (event) => event.target.closest && event.target.closest("[data-s]");
      document.addEventListener("pointerover", (event) => light(mark(event) || held));
      document.addEventListener("click", (event) => {
        const chosen = mark(event);
        held = chosen && held && chosen.dataset.s === held.dataset.s ? null : chosen;
        light(held);
      });
      const entries = [...document.querySelectorAll("nav.side a")];
      const heads = entries.map((entry) => document.getElementById(entry.hash.slice(1)));
      const follow = () => {
        let at = 0;
        heads.forEach((head, i) => { if (head.getBoundingClientRect().top < 120) at = i; });
        entries.forEach((entry, i) => entry.classList.toggle("here", i === at));
        const nav = document.querySelector("nav.side"), here = entries[at];
        if (!here) return;
        if (here.offsetTop < nav.scrollTop || here.offsetTop > nav.scrollTop + nav.clientHeight - 60)
          nav.scrollTop = here.offsetTop - nav.clientHeight / 2;
      };
      addEventListener("scroll", follow, { passive: true });
      follow();
      for (const entry of document.querySelectorAll("details.top a"))
        entry.addEventListener("click", () => entry.closest("details").removeAttribute("open"));
    })();

    """
}
