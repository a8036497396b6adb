import { find } from "../dom.js";

/** What went wrong, in one sentence; what a server said that did not start stands below it. @param {unknown} error null: nothing any more */
export function showNotice(error) {
  const notice = find("#notice");
  const [sentence, ...rest] = error instanceof Error ? error.message.split("\n") : [""];
  notice.hidden = error === null;
  find("#notice-sentence").textContent = sentence;
  find("#notice-log").textContent = rest.join("\n").trim();
  find("#notice details").hidden = rest.length === 0;
  if (error !== null) notice.scrollIntoView({ block: "nearest" });
}
