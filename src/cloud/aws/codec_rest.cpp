#include <algorithm>

#include "base/digest.h"
#include "cloud/aws/codec_parts.h"
#include "cloud/aws/utf8.h"

namespace setpoint::cloud::aws {

using base::Json;

namespace {

using Labels = std::map<std::string, std::string, std::less<>>;

std::string list_header_text(const Member& member, const Json& value, Walk& walk) {
  if (!value.is_array()) return walk.fail("must be a list"), std::string();
  std::string text;
  for (const Json& item : value) {
    if (!text.empty()) text += ",";
    text += header_text(member.shape->element(), item, walk);
  }
  return text;
}

void add_pair(std::string& query, std::string_view name, std::string_view value) {
  if (!query.empty()) query.push_back('&');
  query += percent_encode(name);
  query.push_back('=');
  query += percent_encode(value);
}

// A map in the query string gives its own names; a list repeats its name.
void add_query(std::string& query, const Member& member, const Json& value, Walk& walk) {
  const Shape& shape = *member.shape;
  if (shape.type == ShapeType::list && value.is_array()) {
    for (const Json& item : value) {
      add_pair(query, member.wire_name(), scalar_text(shape.element(), item, TimestampFormat::iso8601, walk));
    }
  } else if (shape.type == ShapeType::map && value.is_object()) {
    for (auto& [name, item] : value.items()) {
      if (!item.is_array()) {
        add_pair(query, name, scalar_text(shape.value(), item, TimestampFormat::iso8601, walk));
        continue;
      }
      for (const Json& each : item) add_pair(query, name, each.is_string() ? each.get<std::string>() : each.dump());
    }
  } else if (is_scalar(shape.type)) {
    add_pair(query, member.wire_name(), scalar_text(member, value, TimestampFormat::iso8601, walk));
  } else {
    walk.fail("must be a list or an object");
  }
}

// A line end in a value, or anything but a token in a name, would write headers that nobody asked for.
bool fits_in_header(std::string_view name, std::string_view value, Walk& walk) {
  constexpr std::string_view kToken = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  auto control = [](char c) { return (c >= 0 && c < ' ' && c != '\t') || c == '\x7f'; };
  if (name.empty() || name.find_first_not_of(kToken) != std::string_view::npos)
    return walk.fail(fmt::format("'{}' is no name for a header", name)), false;
  if (std::any_of(value.begin(), value.end(), control))
    return walk.fail("must be one line: it goes into a header"), false;
  return true;
}

void add_prefixed_headers(Headers& headers, const Member& member, const Json& value, Walk& walk) {
  if (!value.is_object()) return walk.fail("must be an object");
  for (auto& [key, item] : value.items()) {
    std::string name = std::string(member.location_name) + key;
    std::string text = scalar_text(member.shape->value(), item, {}, walk);
    if (fits_in_header(name, text, walk)) headers.emplace_back(std::move(name), std::move(text));
  }
}

void add_header(Headers& headers, const Member& member, const Json& value, Walk& walk) {
  if (member.location == Location::headers) return add_prefixed_headers(headers, member, value, walk);
  if (member.shape->type == ShapeType::list && value.empty()) return;
  std::string text = header_text(member, value, walk);
  if (fits_in_header(member.wire_name(), text, walk)) headers.emplace_back(member.wire_name(), std::move(text));
}

// "/{Bucket}/{Key+}?acl" with its labels filled in.
std::string expand_uri(std::string_view uri, const Labels& labels, Walk& walk) {
  std::string out;
  while (!uri.empty()) {
    const std::size_t open = uri.find('{');
    out += uri.substr(0, open);
    if (open == std::string_view::npos) break;
    const std::size_t close = std::min(uri.find('}', open), uri.size() - 1);
    std::string_view label = uri.substr(open + 1, close - open - 1);
    const bool greedy = label.ends_with('+');
    if (greedy) label.remove_suffix(1);
    auto found = labels.find(label);
    if (found == labels.end() || found->second.empty()) {
      walk.fail(fmt::format("parameter '{}' is needed for the address of the request", label));
      return out;
    }
    out += percent_encode(found->second, greedy ? "/" : "");
    uri.remove_prefix(close + 1);
  }
  return out;
}

struct UriTemplate {
  std::string_view path;
  std::string_view query;
};

UriTemplate split_uri(std::string_view uri) {
  const std::size_t mark = uri.find('?');
  return {uri.substr(0, mark), mark == std::string_view::npos ? std::string_view() : uri.substr(mark + 1)};
}

std::string_view next_segment(std::string_view& path) {
  if (path.starts_with('/')) path.remove_prefix(1);
  const std::string_view segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

bool match_segment(std::string_view pattern, std::string_view segment, UriMatch& match) {
  const std::size_t open = pattern.find('{');
  if (open == std::string_view::npos) {
    match.score += 10;
    return percent_decode(segment) == pattern;
  }
  const std::size_t close = pattern.find('}', open);
  if (close == std::string_view::npos) return false;
  const std::string_view before = pattern.substr(0, open), after = pattern.substr(close + 1);
  if (segment.size() <= before.size() + after.size() || !segment.starts_with(before) || !segment.ends_with(after))
    return false;
  const std::string_view inner = segment.substr(before.size(), segment.size() - before.size() - after.size());
  match.labels.emplace_back(pattern.substr(open + 1, close - open - 1), percent_decode(inner));
  match.score += before.empty() && after.empty() ? 1 : 5;
  return true;
}

// A greedy label takes everything up to what the rest of the pattern needs; that rest is literal segments.
bool match_greedy(std::string_view label, std::string_view rest_pattern, std::string_view path, UriMatch& match) {
  if (path.starts_with('/')) path.remove_prefix(1);
  if (path.size() <= rest_pattern.size() || !path.ends_with(rest_pattern)) return false;
  match.labels.emplace_back(label, percent_decode(path.substr(0, path.size() - rest_pattern.size())));
  match.score += static_cast<int>(rest_pattern.size());
  return true;
}

bool match_path(std::string_view pattern, std::string_view path, UriMatch& match) {
  while (!pattern.empty() && pattern != "/") {
    const std::string_view wanted = next_segment(pattern);
    if (wanted.starts_with('{') && wanted.ends_with("+}")) {
      return match_greedy(wanted.substr(1, wanted.size() - 3), pattern, path, match);
    }
    if (!match_segment(wanted, next_segment(path), match)) return false;
  }
  return path.empty() || path == "/";
}

bool match_query(std::string_view wanted, const QueryParameters& present, UriMatch& match) {
  for (const auto& need : parse_query(wanted)) {
    const bool found = std::any_of(present.begin(), present.end(), [&](const auto& pair) {
      return pair.first == need.first && (need.second.empty() || pair.second == need.second);
    });
    if (!found && need.first != "x-id") return false;  // x-id only repeats the operation's name
    match.score += 20;
  }
  return true;
}

bool match_members(const OperationModel& operation, const HttpRequest& request, const QueryParameters& query,
                   UriMatch& match) {
  if (!operation.input.shape) return true;
  for (const Member& member : operation.input.shape->members) {
    const bool in_query = member.location == Location::querystring && member.shape->type != ShapeType::map;
    if (!member.is(Member::required) || (!in_query && member.location != Location::header)) continue;
    const bool found = in_query ? std::any_of(query.begin(), query.end(),
                                              [&](const auto& pair) { return pair.first == member.wire_name(); })
                                : !header(request.headers, member.wire_name()).empty();
    // A list may be empty and S3 Control's account may stand in the host.
    if (!found && member.shape->type != ShapeType::list && !member.is(Member::host_label)) return false;
    if (found) match.score += 15;
  }
  return true;
}

}  // namespace

std::string header_text(const Member& member, const Json& value, Walk& walk) {
  if (member.is(Member::json_value)) return base::to_base64(value.dump());
  if (member.shape->type == ShapeType::list) return list_header_text(member, value, walk);
  return scalar_text(member, value, TimestampFormat::rfc822, walk);
}

void write_header_members(Headers& headers, const Shape& shape, const Json& value, Walk& walk) {
  for (auto& [name, item] : value.items()) {
    const Member* member = shape.find(name);
    if (!member || item.is_null()) continue;
    if (member->location != Location::header && member->location != Location::headers) continue;
    Walk::Step step(walk, name);
    add_header(headers, *member, item, walk);
  }
}

std::string expand_host_prefix(const OperationModel& operation, const Json& parameters, Walk& walk) {
  Labels labels;
  if (operation.host_prefix.empty()) return {};
  for (const Member& member : operation.input.shape ? operation.input.shape->members : std::vector<Member>()) {
    if (member.is(Member::host_label)) labels[std::string(member.name)] = base::string_member(parameters, member.name);
  }
  return expand_uri(operation.host_prefix, labels, walk);
}

// Route 53 answers with "/hostedzone/Z1" and takes "Z1": what one call gave can be handed to the next, as in every SDK.
static bool is_bare_id(const OperationModel& operation, const Member& member) {
  if (operation.service->name != "route53" || member.location == Location::body) return false;
  if (member.name.ends_with("HostedZoneId") || member.name == "ResourceId" || member.name.ends_with("DelegationSetId"))
    return true;
  auto of = [&](std::string_view path) { return operation.http_uri.find(path) != std::string_view::npos; };
  return member.name == "Id" && (of("/hostedzone/{Id}") || of("/change/{Id}") || of("/delegationset/{Id}"));
}

static Json without_path(const OperationModel& operation, const Member* member, const Json& value) {
  if (!member || !value.is_string() || !is_bare_id(operation, *member)) return value;
  const std::string& text = value.get_ref<const std::string&>();
  return text.substr(text.rfind('/') + 1);
}

RestParts write_rest(const OperationModel& operation, const Json& parameters, Walk& walk) {
  const Shape& shape = operation.input.shape ? *operation.input.shape : empty_structure();
  RestParts parts;
  Labels labels;
  for (auto& [name, given] : parameters.items()) {
    if (given.is_null()) continue;
    const Member* member = shape.find(name);
    Walk::Step step(walk, name);
    const Json value = without_path(operation, member, given);
    if (!member || member->location == Location::body) {
      parts.body[name] = value;
    } else if (member->location == Location::uri) {
      labels[std::string(member->wire_name())] = scalar_text(*member, value, TimestampFormat::iso8601, walk);
    } else if (member->location == Location::querystring) {
      add_query(parts.query, *member, value, walk);
    } else {
      add_header(parts.headers, *member, value, walk);
    }
  }
  const auto [path, fixed_query] = split_uri(operation.http_uri);
  parts.path = expand_uri(path, labels, walk);
  if (!fixed_query.empty()) parts.query = std::string(fixed_query) + (parts.query.empty() ? "" : "&") + parts.query;
  return parts;
}

void read_header_members(Json& into, const Shape& shape, const Headers& headers, Walk& walk) {
  for (const Member& member : shape.members) {
    Walk::Step step(walk, member.name);
    if (member.location == Location::headers) {
      const std::string prefix = lower(member.location_name);
      Json found = Json::object();
      for (const auto& [name, value] : headers) {
        if (lower(name).starts_with(prefix) && name.size() > prefix.size())
          found[header_utf8(lower(name.substr(prefix.size())))] = header_utf8(value);
      }
      if (!found.empty()) into[std::string(member.name)] = std::move(found);
    }
    if (member.location != Location::header) continue;
    const std::string value = header_utf8(header(headers, member.wire_name()));
    if (value.empty()) continue;
    if (member.is(Member::json_value)) {
      auto decoded = base::from_base64(value);
      auto parsed = decoded ? base::parse_json(*decoded) : base::Result<Json>(Json());
      if (parsed) into[std::string(member.name)] = std::move(*parsed);
    } else if (member.shape->type == ShapeType::list) {
      Json& list = into[std::string(member.name)] = Json::array();
      for (std::size_t at = 0; at <= value.size();) {
        const std::size_t end = std::min(value.find(',', at), value.size());
        std::string_view item = std::string_view(value).substr(at, end - at);
        while (item.starts_with(' ')) item.remove_prefix(1);
        list.push_back(scalar_from_text(member.shape->element(), item, walk));
        at = end + 1;
      }
    } else {
      into[std::string(member.name)] = scalar_from_text(member, value, walk);
    }
  }
}

std::optional<UriMatch> match_uri(const OperationModel& operation, const HttpRequest& request,
                                  const QueryParameters& query) {
  UriMatch match;
  if (operation.http_method != request.method) return std::nullopt;
  const auto [path, fixed_query] = split_uri(operation.http_uri);
  if (!match_path(path, request.path, match) || !match_query(fixed_query, query, match)) return std::nullopt;
  if (!match_members(operation, request, query, match)) return std::nullopt;
  if (operation.is(OperationModel::deprecated)) match.score -= 1;
  return match;
}

}  // namespace setpoint::cloud::aws
