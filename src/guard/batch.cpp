#include "guard/batch.h"

#include <map>
#include <nlohmann/json.hpp>

namespace setpoint::guard {

namespace {

int weight(Status status) {
  switch (status) {
    case Status::error:
      return 3;
    case Status::fail:
      return 2;
    case Status::pass:
      return 1;
    case Status::skip:
      return 0;
  }
  return 0;
}

}  // namespace

base::Json verdicts_by_name(const RuleSet& rules, const Report& report) {
  std::map<std::string, Status> merged;
  for (std::size_t i = 0; i < report.rules.size(); ++i) {
    Status& known = merged.try_emplace(rules.rules()[i].name, report.rules[i]).first->second;
    if (weight(report.rules[i]) > weight(known)) known = report.rules[i];
  }
  base::Json out = base::Json::object();
  for (const auto& [name, status] : merged) out[name] = std::string(to_string(status));
  return out;
}

BatchRunner::BatchRunner(Surroundings surroundings, CompileOptions options)
    : surroundings_(surroundings), options_(std::move(options)) {}

bool BatchRunner::compile(const std::string& text) {
  if (rules_ && text == text_) return true;
  base::Diagnostics diagnostics;
  rules_ = RuleSet::compile({"rules", text}, diagnostics, options_);
  text_ = text;
  if (diagnostics.has_errors()) rules_.reset();
  for (const base::Diagnostic& item : diagnostics.items()) {
    if (item.severity == base::Severity::error) {
      compile_error_ = item.text();
      break;
    }
  }
  return rules_.has_value();
}

base::Json BatchRunner::answer(std::string_view line) {
  base::Result<base::Json> request = base::parse_json(line);
  if (!request) return {{"error", request.error().text()}};
  base::Json out = base::Json::object();
  out["id"] = base::member(*request, "id");
  if (!base::member(*request, "rules").is_string() || !request->contains("input")) {
    out["error"] = "a line needs \"rules\" (text) and \"input\"";
  } else if (!compile(base::string_member(*request, "rules"))) {
    out["error"] = compile_error_;
  } else {
    Document document;  // read from the line itself: base::Json would put the keys into another order
    base::Status read = reader_.read_member(line, "/input", document);
    if (read) {
      out["verdicts"] = verdicts_by_name(*rules_, rules_->evaluate(document, surroundings_));
    } else {
      out["error"] = read.error().text();
    }
  }
  return out;
}

std::string BatchRunner::run(std::string_view line) {
  return answer(line).dump(-1, ' ', false, base::Json::error_handler_t::replace);
}

}  // namespace setpoint::guard
