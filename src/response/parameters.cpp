#include "response/parameters.h"

#include <optional>

#include "cloud/aws/evidence_parameters.h"

namespace setpoint::response {

using base::Json;

namespace {

class Binder {
 public:
  explicit Binder(const BindingSource& source)
      : names_{{"resource", resource_names(source.resource)},
               {"evidence", cloud::aws::evidence_parameters(source.resource, source.evidence)},
               {"parameters", source.control_parameters},
               {"event", source.event}},
        now_(source.now) {}

  base::Result<Json> bind(const Json& value) const {
    if (value.is_string()) return bind_text(value.get_ref<const std::string&>());
    Json out = value;
    if (!value.is_structured()) return out;  // a loop over a number would find the number in it, again and again
    for (auto& item : out) {
      TRY(item, bind(item));
    }
    return out;
  }

 private:
  static Json resource_names(const model::Resource& resource) {
    return {{"id", resource.key.id},           {"arn", resource.arn},
            {"name", resource.name},           {"type", resource.key.type},
            {"account", resource.key.account}, {"region", resource.key.region},
            {"tags", Json(resource.tags)},     {"configuration", base::member(resource.item, "configuration")}};
  }

  // "now", "now+90m"; nullopt where it is neither.
  std::optional<Json> moment(std::string_view name) const {
    if (!name.starts_with("now") || !now_.known()) return std::nullopt;
    name.remove_prefix(3);
    base::Milliseconds later{0};
    if (!name.empty()) {
      auto parsed = name.front() == '+' ? base::parse_duration(name.substr(1)) : std::nullopt;
      if (!parsed) return std::nullopt;
      later = *parsed;
    }
    constexpr std::size_t kSecondsEnd = 19;  // 2026-02-01T12:00:00
    return Json(base::to_iso8601(now_ + later).substr(0, kSecondsEnd) + "Z");
  }

  base::Result<Json> look_up(std::string_view name) const {
    if (auto time = moment(name)) return std::move(*time);
    const Json* at = &names_;
    std::string_view rest = name;
    while (true) {
      std::size_t dot = std::min(rest.find('.'), rest.size());
      if (!at->is_object() || !at->contains(rest.substr(0, dot))) break;
      at = &(*at)[std::string(rest.substr(0, dot))];
      if (dot == rest.size()) return *at;
      rest.remove_prefix(dot + 1);
    }
    return base::fail(base::ErrorCode::invalid_input, "'{{{{{}}}}}' in `with` names nothing here", name);
  }

  base::Result<Json> bind_text(const std::string& text) const {
    std::string out;
    std::size_t at = 0;
    while (true) {
      std::size_t open = text.find("{{", at);
      std::size_t close = open == text.npos ? text.npos : text.find("}}", open);
      if (close == text.npos) return Json(out + text.substr(at));
      TRY(Json value, look_up(trimmed(std::string_view(text).substr(open + 2, close - open - 2))));
      if (open == 0 && close + 2 == text.size()) return value;
      out += text.substr(at, open - at) + (value.is_string() ? value.get<std::string>() : base::canonical(value));
      at = close + 2;
    }
  }

  static std::string_view trimmed(std::string_view text) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ')) text.remove_suffix(1);
    return text;
  }

  Json names_;
  base::Timestamp now_;
};

}  // namespace

base::Result<Json> bind_remediation(const Json& with, const BindingSource& source) {
  return Binder(source).bind(with.is_null() ? Json::object() : with);
}

}  // namespace setpoint::response
