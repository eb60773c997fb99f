#include "runbook/interpolation.h"

#include "runbook/limits.h"
#include "runbook/values.h"

namespace setpoint::runbook {

using base::ErrorCode;
using base::fail;
using base::Json;
using base::Result;

namespace {

constexpr std::string_view kOpen = "{{";
constexpr std::string_view kClose = "}}";
constexpr std::string_view kSpace = " \t\r\n";

std::string_view trimmed(std::string_view text) {
  std::size_t first = text.find_first_not_of(kSpace);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

bool is_name(std::string_view text) {
  if (text.empty()) return false;
  for (char c : text) {
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '_' && c != '-') return false;
  }
  return true;
}

bool is_output_name(std::string_view text) {
  for (char c : text) {
    if (!std::isalnum(static_cast<unsigned char>(c)) && std::string_view("_-.[]").find(c) == std::string_view::npos)
      return false;
  }
  return !text.empty();
}

bool is_path(std::string_view text) {
  for (char c : text) {
    if (!std::isalnum(static_cast<unsigned char>(c)) && std::string_view("_-./:").find(c) == std::string_view::npos)
      return false;
  }
  return !text.empty();
}

std::optional<Reference> parse_prefixed(std::string_view prefix, std::string_view rest) {
  if (prefix == "ssm" && is_path(rest)) return Reference{Reference::Kind::ssm, std::string(rest), {}};
  if (!is_name(rest)) return std::nullopt;
  if (prefix == "global") return Reference{Reference::Kind::global, std::string(rest), {}};
  if (prefix == "automation") return Reference{Reference::Kind::automation, std::string(rest), {}};
  if (prefix == "variable") return Reference{Reference::Kind::variable, std::string(rest), {}};
  return std::nullopt;
}

// Counts what one substitution produces, so that a short document cannot ask for an enormous value.
class Substitution {
 public:
  explicit Substitution(const Lookup& lookup) : lookup_(lookup) {}

  Result<Json> value(const Json& input) {
    TRY_VOID(count_node());
    switch (input.type()) {
      case Json::value_t::string:
        return text(input.get_ref<const std::string&>());
      case Json::value_t::array:
        return list(input);
      case Json::value_t::object:
        return map(input);
      default:
        return input;
    }
  }

 private:
  base::Status count_node() {
    if (++nodes_ > kValueNodesMax)
      return fail(ErrorCode::limit_exceeded, "more than {} values in one input", kValueNodesMax);
    return {};
  }

  base::Status count_bytes(std::size_t bytes) {
    bytes_ += bytes;
    if (bytes_ > kValueBytesMax)
      return fail(ErrorCode::limit_exceeded, "an input grew beyond {} bytes", kValueBytesMax);
    return {};
  }

  Result<Json> resolve(const Reference& reference) {
    if (++references_ > kReferencesMax) {
      return fail(ErrorCode::limit_exceeded, "more than {} references in one input", kReferencesMax);
    }
    TRY(Json found, lookup_(reference));
    TRY_VOID(count_bytes(weight(found, kValueBytesMax)));
    return found;
  }

  Result<Json> text(const std::string& input) {
    if (input.find(kOpen) == std::string::npos) {
      TRY_VOID(count_bytes(input.size()));
      return Json(input);
    }
    if (auto whole = whole_reference(input)) return resolve(*whole);
    std::string out;
    for (const Piece& piece : split_references(input)) {
      if (!piece.reference) {
        out += piece.literal;
        continue;
      }
      TRY(Json found, resolve(*piece.reference));
      out += text_form(found);
    }
    TRY_VOID(count_bytes(out.size()));
    return Json(std::move(out));
  }

  Result<Json> list(const Json& input) {
    Json out = Json::array();
    for (const Json& item : input) {
      TRY(Json made, value(item));
      bool splice = item.is_string() && made.is_array();
      if (!splice) {
        out.push_back(std::move(made));
        continue;
      }
      for (Json& part : made) out.push_back(std::move(part));
    }
    return out;
  }

  Result<Json> map(const Json& input) {
    Json out = Json::object();
    for (auto item = input.begin(); item != input.end(); ++item) {
      TRY(Json made, value(*item));
      out[item.key()] = std::move(made);
    }
    return out;
  }

  const Lookup& lookup_;
  std::size_t nodes_ = 0;
  std::size_t bytes_ = 0;
  std::size_t references_ = 0;
};

}  // namespace

std::string Reference::text() const {
  switch (kind) {
    case Kind::parameter:
      return name;
    case Kind::step_output:
      return name + "." + output;
    case Kind::variable:
      return "variable:" + name;
    case Kind::global:
      return "global:" + name;
    case Kind::automation:
      return "automation:" + name;
    case Kind::ssm:
      return "ssm:" + name;
  }
  return name;
}

std::optional<Reference> parse_reference(std::string_view inside) {
  std::string_view body = trimmed(inside);
  if (std::size_t colon = body.find(':'); colon != body.npos)
    return parse_prefixed(body.substr(0, colon), body.substr(colon + 1));
  std::size_t dot = body.find('.');
  if (dot == body.npos) {
    if (!is_name(body)) return std::nullopt;
    return Reference{Reference::Kind::parameter, std::string(body), {}};
  }
  if (!is_name(body.substr(0, dot)) || !is_output_name(body.substr(dot + 1))) return std::nullopt;
  return Reference{Reference::Kind::step_output, std::string(body.substr(0, dot)), std::string(body.substr(dot + 1))};
}

std::vector<Piece> split_references(std::string_view text) {
  std::vector<Piece> pieces;
  std::string literal;
  std::size_t at = 0;
  while (true) {
    std::size_t close = text.find(kClose, at);
    // The innermost opening counts, so "{"a": {{x}}}" reads as people mean it.
    if (close == text.npos) break;
    std::size_t open = text.substr(at, close - at).rfind(kOpen);
    std::optional<Reference> reference;
    if (open != text.npos) {
      open += at;
      reference = parse_reference(text.substr(open + 2, close - open - 2));
    }
    if (!reference) {
      literal += text.substr(at, close + 1 - at);
      at = close + 1;
      continue;
    }
    literal += text.substr(at, open - at);
    if (!literal.empty()) pieces.push_back({std::exchange(literal, {}), std::nullopt});
    pieces.push_back({{}, std::move(reference)});
    at = close + 2;
  }
  literal += text.substr(at);
  if (!literal.empty()) pieces.push_back({std::move(literal), std::nullopt});
  return pieces;
}

std::optional<Reference> whole_reference(std::string_view text) {
  // A block scalar ends with a line break that nobody sees.
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (!text.starts_with(kOpen) || !text.ends_with(kClose) || text.size() < 4) return std::nullopt;
  return parse_reference(text.substr(2, text.size() - 4));
}

void for_each_reference(const Json& value, const std::function<void(const Reference&)>& visit) {
  if (value.is_string()) {
    for (const Piece& piece : split_references(value.get_ref<const std::string&>())) {
      if (piece.reference) visit(*piece.reference);
    }
  } else if (value.is_structured()) {
    for (const Json& item : value) for_each_reference(item, visit);
  }
}

Result<Json> substitute(const Json& value, const Lookup& lookup) { return Substitution(lookup).value(value); }

}  // namespace setpoint::runbook
