#include <algorithm>

#include "cloud/aws/codec.h"
#include "cloud/aws/codec_parts.h"
#include "cloud/aws/limits.h"
#include "cloud/aws/wire_time.h"

namespace setpoint::cloud::aws {

using base::Json;

namespace {

class Validator {
 public:
  Validator(const OperationModel& operation, std::string file, base::Position at, base::Diagnostics& diagnostics)
      : operation_(operation), file_(std::move(file)), at_(at), diagnostics_(diagnostics) {}

  void structure(const Shape& shape, const Json& value, const std::string& path) {
    if (!value.is_object()) return wrong_kind(path, "an object");
    for (const Member& member : shape.members) {
      const bool absent = base::member(value, member.name).is_null();
      if (absent && member.is(Member::required) && !member.is(Member::idempotency_token)) {
        report("aws-missing-parameter", fmt::format("{} needs '{}'", name_of(path), member.name), {});
      }
    }
    for (auto& [name, item] : value.items()) {
      const Member* member = shape.find(name);
      if (!member) {
        unknown(shape, name, path);
      } else if (!item.is_null()) {
        check(*member, item, path.empty() ? name : path + "." + name);
      }
    }
  }

 private:
  void check(const Member& member, const Json& value, const std::string& path) {
    const Shape& shape = *member.shape;
    // A runbook's unresolved reference may become anything.
    if (value.is_string() && value.get_ref<const std::string&>().find("{{") != std::string::npos) return;
    if (shape.is(Shape::document) ||
        static_cast<std::size_t>(std::count(path.begin(), path.end(), '.')) > kValueDepthMax)
      return;
    switch (shape.type) {
      case ShapeType::structure:
        return structure(shape, value, path);
      case ShapeType::list:
        return list(shape, value, path);
      case ShapeType::map:
        return map(shape, value, path);
      default:
        scalar(member, value, path);
    }
  }

  void list(const Shape& shape, const Json& value, const std::string& path) {
    if (!value.is_array()) return wrong_kind(path, "a list");
    for (std::size_t i = 0; i < value.size(); ++i) check(shape.element(), value[i], fmt::format("{}[{}]", path, i));
  }

  void map(const Shape& shape, const Json& value, const std::string& path) {
    if (!value.is_object()) return wrong_kind(path, "an object");
    for (auto& [name, item] : value.items()) check(shape.value(), item, path + "." + name);
  }

  void scalar(const Member& member, const Json& value, const std::string& path) {
    const ShapeType type = member.shape->type;
    const bool fits = type == ShapeType::boolean     ? value.is_boolean()
                      : type == ShapeType::integer   ? value.is_number_integer()
                      : type == ShapeType::real      ? value.is_number()
                      : type == ShapeType::timestamp ? timestamp_of(value).has_value()
                                                     : value.is_string();
    if (!fits) return wrong_kind(path, kind_name(type));
    const auto& values = member.shape->values;
    if (values.empty() || !value.is_string()) return;
    const std::string& text = value.get_ref<const std::string&>();
    if (std::find(values.begin(), values.end(), text) != values.end()) return;
    report("aws-unknown-value", fmt::format("'{}' is no value of {}", text, name_of(path)),
           base::did_you_mean(text, values));
  }

  static std::string_view kind_name(ShapeType type) {
    switch (type) {
      case ShapeType::boolean:
        return "true or false";
      case ShapeType::integer:
        return "an integer";
      case ShapeType::real:
        return "a number";
      case ShapeType::timestamp:
        return "a time";
      case ShapeType::blob:
        return "base64 text";
      default:
        return "text";
    }
  }

  void unknown(const Shape& shape, const std::string& name, const std::string& path) {
    std::vector<std::string_view> names;
    for (const Member& member : shape.members) names.push_back(member.name);
    report("aws-unknown-parameter", fmt::format("{} has no member '{}'", name_of(path), name),
           base::did_you_mean(name, names));
  }

  void wrong_kind(const std::string& path, std::string_view wanted) {
    report("aws-parameter-type", fmt::format("{} must be {}", name_of(path), wanted), {});
  }

  std::string name_of(const std::string& path) const {
    return fmt::format("{}:{}{}{}", operation_.service->name, operation_.name, path.empty() ? "" : " ", path);
  }

  void report(std::string code, std::string what, std::string hint) {
    diagnostics_.error(std::move(code), file_, at_, std::move(what), std::move(hint));
  }

  const OperationModel& operation_;
  const std::string file_;
  const base::Position at_;
  base::Diagnostics& diagnostics_;
};

}  // namespace

void validate(const OperationModel& operation, const Json& parameters, const std::string& file, base::Position at,
              base::Diagnostics& diagnostics) {
  Validator(operation, file, at, diagnostics)
      .structure(operation.input.shape ? *operation.input.shape : empty_structure(), parameters, {});
}

}  // namespace setpoint::cloud::aws
