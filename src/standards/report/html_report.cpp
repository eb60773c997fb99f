#include <map>

#include "standards/report/report.h"

namespace setpoint::standards {

using base::Json;
using model::Verdict;

namespace {

// One file that needs nothing else: no script, style or font from elsewhere, so it can be mailed and archived.
constexpr std::string_view kPage = R"html(<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Setpoint report</title>
<style>
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --bad: #c62828; --odd: #b26a00; --good: #2e7d32; }
* { box-sizing: border-box; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 0 auto; padding: 1.5rem; }
h1 { font-size: 1.5rem; margin: 0; } .dim { opacity: .7; }
.scores { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1.25rem 0; }
.score { border: 1px solid var(--line); border-radius: .5rem; padding: .6rem .9rem; min-width: 9rem; }
.score b { font-size: 1.5rem; display: block; }
.bar { height: 4px; background: var(--soft); border-radius: 2px; overflow: hidden; } .bar i { display: block; height: 100%; background: var(--good); }
form { display: flex; flex-wrap: wrap; gap: .5rem; margin: 1rem 0; position: sticky; top: 0; background: Canvas; padding: .5rem 0; }
input, select { font: inherit; padding: .3rem .5rem; border: 1px solid var(--line); border-radius: .35rem; background: Canvas; color: CanvasText; }
input { flex: 1; min-width: 12rem; }
details { border: 1px solid var(--line); border-radius: .5rem; margin: .5rem 0; }
summary { cursor: pointer; padding: .6rem .9rem; display: flex; gap: .75rem; align-items: baseline; flex-wrap: wrap; }
summary .what { flex: 1; min-width: 14rem; } summary .where { font-family: ui-monospace, monospace; font-size: .85rem; }
.body { padding: 0 .9rem .9rem; border-top: 1px solid var(--line); }
.tag { font-size: .75rem; padding: .05rem .5rem; border-radius: 1rem; border: 1px solid currentColor; white-space: nowrap; }
.NON_COMPLIANT, .critical, .high { color: var(--bad); } .UNKNOWN, .medium { color: var(--odd); } .COMPLIANT { color: var(--good); }
pre { background: var(--soft); padding: .6rem; border-radius: .35rem; overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; }
</style>
<h1>Setpoint report</h1><p class="dim" id="when"></p>
<div class="scores" id="scores"></div><div id="unread"></div>
<form onsubmit="return false"><input id="text" type="search" placeholder="Search control, resource, evidence" aria-label="Search">
<select id="verdict" aria-label="Verdict"><option value="">every verdict</option><option selected>NON_COMPLIANT</option><option>UNKNOWN</option><option>COMPLIANT</option></select>
<select id="severity" aria-label="Severity"><option value="">every severity</option><option>critical</option><option>high</option><option>medium</option><option>low</option><option>informational</option></select>
<select id="account" aria-label="Account"><option value="">every account</option></select></form>
<p class="dim" id="count" aria-live="polite"></p><main id="rows"></main>
<script type="application/json" id="data">)html";

constexpr std::string_view kScript = R"html(</script>
<script>
"use strict";
const data = JSON.parse(document.getElementById("data").textContent), most = 500;
const make = (name, attributes, ...inside) => { const node = document.createElement(name); Object.assign(node, attributes); node.append(...inside); return node; };
const at = id => document.getElementById(id);
at("when").textContent = `${data.time} · ${data.results.length} judgements · Setpoint ${data.version}`;
for (const score of data.scores) {
  const bar = make("i", {}); bar.style.width = (score.percent ?? 0) + "%";
  at("scores").append(make("div", {className: "score"}, score.standard, make("b", {}, score.percent === null ? "no data" : score.percent + " %"),
    make("div", {className: "bar"}, bar), make("small", {className: "dim"}, `${score.passed} passed, ${score.failed} failed, ${score.unknown} unknown`)));
}
if (data.unread.length) at("unread").append(make("p", {className: "UNKNOWN"}, "Not read, so not judged:"), make("pre", {}, data.unread.join("\n")));
for (const account of [...new Set(data.results.map(row => row.resource.account))].sort()) at("account").append(make("option", {}, account));
const rank = {critical: 0, high: 1, medium: 2, low: 3, informational: 4};
data.results.sort((a, b) => rank[a.severity] - rank[b.severity] || a.control.localeCompare(b.control));
for (const row of data.results) row.search = JSON.stringify([row, data.controls[row.control]]).toLowerCase();
function body(row) {
  const control = data.controls[row.control], lines = (row.evidence || []).map(e => `${e.message ? e.message + "\n" : ""}${e.path}\n    ${e.unresolved ? "is not there" : JSON.stringify(e.value)}   wanted: ${e.expected}${e.place ? `\n    ${e.place.file}:${e.place.line}  ${e.place.property}` : ""}`);
  const out = make("div", {className: "body"}, make("p", {}, control.rationale));
  if (lines.length || row.because) out.append(make("pre", {}, lines.join("\n\n") || row.because));
  out.append(make("p", {}, make("b", {}, "Fix: "), control.fix), make("small", {className: "dim"}, control.mappings.join(" · ")));
  return out;
}
function show() {
  const wanted = at("text").value.toLowerCase(), verdict = at("verdict").value, severity = at("severity").value, account = at("account").value;
  const found = data.results.filter(row => (!verdict || row.verdict === verdict) && (!severity || row.severity === severity) &&
    (!account || row.resource.account === account) && (!wanted || row.search.includes(wanted)));
  at("count").textContent = found.length > most ? `${found.length} found, the first ${most} shown` : `${found.length} found`;
  at("rows").replaceChildren(...found.slice(0, most).map(row => {
    const node = make("details", {}, make("summary", {}, make("span", {className: "tag " + row.verdict}, row.verdict), make("span", {className: "tag " + row.severity}, row.severity),
      make("span", {className: "what"}, `${row.control}  ${data.controls[row.control].title}`), make("span", {className: "where dim"}, `${row.resource.account} ${row.resource.region} ${row.resource.id}`)));
    node.addEventListener("toggle", () => { if (node.children.length === 1) node.append(body(row)); }, {once: true});
    return node;
  }));
}
for (const id of ["text", "verdict", "severity", "account"]) at(id).addEventListener("input", show);
show();
</script></html>
)html";

// JSON inside a script element: "</script>" and "<!--" must not end it.
std::string embedded(const Json& value) {
  std::string text = base::canonical(value);
  std::string out;
  for (char c : text) out += c == '<' ? std::string("\\u003c") : std::string(1, c);
  return out;
}

Json control_json(const model::Control& control) {
  Json mappings = Json::array();
  for (const auto& [standard, requirements] : control.mappings) {
    for (const std::string& requirement : requirements) mappings.push_back(standard + " " + requirement);
  }
  std::string fix = control.remediation ? "runbook " + control.remediation->runbook : control.human;
  return {{"title", control.title}, {"rationale", control.rationale}, {"fix", fix}, {"mappings", std::move(mappings)}};
}

class HtmlReport final : public Report {
 public:
  explicit HtmlReport(ReportSink sink) : sink_(std::move(sink)) {}

  void begin(const ReportHead& head) override {
    sink_(kPage);
    sink_(fmt::format(R"({{"time":"{}","version":{},"controls":{{)", base::to_iso8601(head.time),
                      embedded(head.version)));
    for (std::size_t i = 0; i < head.controls.size(); ++i) {
      sink_((i == 0 ? "" : ",") + embedded(head.controls[i].id) + ":" + embedded(control_json(head.controls[i])));
    }
    sink_("},\"results\":[");
  }

  void add(const ReportRow& row) override {
    if (row.judgement.verdict == Verdict::not_applicable) return;
    sink_((first_ ? "\n" : ",\n") + embedded(row_json(row)));
    first_ = false;
  }

  void finish(const ReportFoot& foot) override {
    Json scores = Json::array();
    for (const StandardScore& score : foot.scores) scores.push_back(score_json(score));
    sink_("],\"scores\":" + embedded(scores) + ",\"unread\":" + embedded(Json(foot.unread)) + "}");
    sink_(kScript);
  }

 private:
  ReportSink sink_;
  bool first_ = true;
};

}  // namespace

std::unique_ptr<Report> make_html_report(ReportSink sink) { return std::make_unique<HtmlReport>(std::move(sink)); }

}  // namespace setpoint::standards
