#include "cloud/aws/model_json.h"

#include <zlib.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "cloud/aws/client_names.h"
#include "cloud/aws/limits.h"

namespace setpoint::cloud::aws {

namespace fs = std::filesystem;
using base::Json;
using base::member;

namespace {

base::Result<std::string> inflate_gzip(const std::string& packed) {
  z_stream stream{};
  if (inflateInit2(&stream, 16 + MAX_WBITS) != Z_OK) return base::fail(base::ErrorCode::corrupted, "cannot start zlib");
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  std::string text;
  int state = Z_OK;
  while (state == Z_OK && text.size() <= kModelBytesMax) {
    const std::size_t before = text.size();
    text.resize(before + (1u << 20));
    stream.next_out = reinterpret_cast<Bytef*>(text.data() + before);
    stream.avail_out = 1u << 20;
    state = inflate(&stream, Z_NO_FLUSH);
    text.resize(text.size() - stream.avail_out);
  }
  inflateEnd(&stream);
  if (state != Z_STREAM_END) return base::fail(base::ErrorCode::corrupted, "not a whole gzip file, or too large");
  return text;
}

base::Result<Json> read_json(const std::string& path) {
  TRY(std::string text, base::read_file(path, kModelBytesMax));
  if (path.ends_with(".gz")) {
    TRY(text, inflate_gzip(text));
  }
  auto parsed = base::parse_json(text, {.bytes_max = kModelBytesMax, .depth_max = 256});
  if (!parsed) parsed.error().where = path + ":" + parsed.error().where;
  return parsed;
}

bool flag_of(const Json& object, const char* name) {
  const Json& value = member(object, name);
  return value.is_boolean() && value.get<bool>();
}

const std::pair<const char*, Member::Flag> kMemberFlags[] = {{"flattened", Member::flattened},
                                                             {"xmlAttribute", Member::xml_attribute},
                                                             {"idempotencyToken", Member::idempotency_token},
                                                             {"streaming", Member::streaming},
                                                             {"hostLabel", Member::host_label},
                                                             {"jsonvalue", Member::json_value},
                                                             {"eventpayload", Member::event_payload},
                                                             {"eventheader", Member::event_header},
                                                             {"sensitive", Member::sensitive}};
const std::pair<const char*, Shape::Flag> kShapeFlags[] = {{"union", Shape::is_union},
                                                           {"document", Shape::document},
                                                           {"eventstream", Shape::event_stream},
                                                           {"event", Shape::event},
                                                           {"exception", Shape::exception}};
const std::map<std::string_view, ShapeType> kTypes = {{"structure", ShapeType::structure},
                                                      {"list", ShapeType::list},
                                                      {"map", ShapeType::map},
                                                      {"string", ShapeType::string},
                                                      {"character", ShapeType::string},
                                                      {"boolean", ShapeType::boolean},
                                                      {"integer", ShapeType::integer},
                                                      {"long", ShapeType::integer},
                                                      {"short", ShapeType::integer},
                                                      {"byte", ShapeType::integer},
                                                      {"biginteger", ShapeType::integer},
                                                      {"float", ShapeType::real},
                                                      {"double", ShapeType::real},
                                                      {"bigdecimal", ShapeType::real},
                                                      {"timestamp", ShapeType::timestamp},
                                                      {"blob", ShapeType::blob}};
const std::map<std::string_view, Location> kLocations = {{"header", Location::header},
                                                         {"headers", Location::headers},
                                                         {"uri", Location::uri},
                                                         {"querystring", Location::querystring},
                                                         {"statusCode", Location::status_code}};
const std::map<std::string_view, TimestampFormat> kTimestampFormats = {
    {"iso8601", TimestampFormat::iso8601},
    {"rfc822", TimestampFormat::rfc822},
    {"unixTimestamp", TimestampFormat::unix_seconds}};
const std::map<std::string_view, Protocol> kProtocols = {{"json", Protocol::json},
                                                         {"query", Protocol::query},
                                                         {"ec2", Protocol::ec2},
                                                         {"rest-json", Protocol::rest_json},
                                                         {"rest-xml", Protocol::rest_xml}};

// Fills one ServiceModel from the JSON of either form. In aws-sdk's a shape may stand in the place of a reference to
// it.
class Builder {
 public:
  Builder(ServiceModel& model, const Json& json) : model_(model), json_(json) {}

  base::Status build(const ModelSource& source) {
    TRY_VOID(metadata(source.name));
    const Json& shapes = member(json_, "shapes");
    for (auto& [name, shape] : shapes.items()) named_[name] = 0;
    model_.shapes.reserve(named_.size() * 2 + 64);
    for (auto& [name, operation] : member(json_, "operations").items()) add_operation(name, operation);
    if (!problem_.empty()) return base::fail(base::ErrorCode::corrupted, "{}: {}", source.service_path, problem_);
    return {};
  }

 private:
  std::string_view keep(const Json& object, const char* name) { return model_.keep(base::string_member(object, name)); }

  base::Status metadata(const std::string& name) {
    const Json& m = member(json_, "metadata");
    auto protocol = kProtocols.find(base::string_member(m, "protocol"));
    if (protocol == kProtocols.end()) {
      return base::fail(base::ErrorCode::unsupported, "protocol '{}' of {} is not known",
                        base::string_member(m, "protocol"), name);
    }
    model_.protocol = protocol->second;
    model_.name = model_.keep(name);
    model_.service_id = keep(m, "serviceId");
    model_.full_name = keep(m, "serviceFullName");
    model_.endpoint_prefix = keep(m, "endpointPrefix");
    model_.signing_name = keep(m, "signingName");
    if (model_.signing_name.empty()) model_.signing_name = model_.endpoint_prefix;
    model_.target_prefix = keep(m, "targetPrefix");
    model_.json_version = keep(m, "jsonVersion");
    model_.api_version = keep(m, "apiVersion");
    model_.xml_namespace = keep(m, "xmlNamespace");
    model_.global_endpoint = keep(m, "globalEndpoint");
    model_.signature_version = keep(m, "signatureVersion");
    model_.query_compatible = m.contains("awsQueryCompatible");
    return {};
  }

  void traits(Member& at, const Json& from) {
    if (auto name = keep(from, "locationName"); !name.empty()) at.location_name = name;
    if (auto name = keep(from, "queryName"); !name.empty()) at.query_name = name;
    const Json& space = member(from, "xmlNamespace");
    if (space.is_object()) {
      at.namespace_uri = keep(space, "uri");
      at.namespace_prefix = keep(space, "prefix");
    } else if (space.is_string()) {
      at.namespace_uri = keep(from, "xmlNamespace");
    }
    for (auto& [key, flag] : kMemberFlags) {
      if (flag_of(from, key)) at.flags |= flag;
    }
    if (auto found = kLocations.find(base::string_member(from, "location")); found != kLocations.end())
      at.location = found->second;
    auto format = kTimestampFormats.find(base::string_member(from, "timestampFormat"));
    if (format != kTimestampFormats.end()) at.timestamp_format = format->second;
  }

  Member reference(std::string_view name, const Json& json) {
    Member at;
    at.name = model_.keep(name);
    const std::string target = base::string_member(json, "shape");
    if (target.empty()) {
      at.shape_index = inline_shape(json);
      traits(at, json);
      return at;
    }
    const Json& shape = member(member(json_, "shapes"), target);
    if (shape.is_null()) problem_ = fmt::format("shape '{}' is referred to and does not exist", target);
    traits(at, shape);
    traits(at, json);
    at.shape_index = named_shape(target, shape);
    return at;
  }

  std::uint32_t named_shape(const std::string& name, const Json& json) {
    std::uint32_t& index = named_[name];
    if (index == 0) index = add_shape(name, json, &index);
    return index;
  }

  // Scalars without traits of their own are shared: most of a model is strings.
  std::uint32_t inline_shape(const Json& json) {
    const ShapeType type = type_of(json);
    if (type <= ShapeType::map || json.contains("enum")) return add_shape({}, json, nullptr);
    std::uint32_t& index = scalars_[type];
    if (index == 0) index = add_shape({}, Json{{"type", to_json_type(type)}}, nullptr);
    return index;
  }

  static const char* to_json_type(ShapeType type) {
    for (auto& [name, candidate] : kTypes) {
      if (candidate == type) return name.data();
    }
    return "string";
  }

  ShapeType type_of(const Json& json) {
    const std::string written = base::string_member(json, "type");
    if (auto found = kTypes.find(written); found != kTypes.end()) return found->second;
    if (!written.empty()) problem_ = fmt::format("type '{}' is not known", written);
    return json.contains("members") ? ShapeType::structure : ShapeType::string;
  }

  // `early` is told the index before the members are read: shapes may contain themselves.
  std::uint32_t add_shape(std::string_view name, const Json& json, std::uint32_t* early) {
    const std::size_t place = model_.shapes.size();
    model_.shapes.emplace_back();
    if (early) *early = static_cast<std::uint32_t>(place + 1);
    Shape shape;
    shape.name = model_.keep(name);
    shape.type = type_of(json);
    shape.payload = keep(json, "payload");
    for (auto& [key, flag] : kShapeFlags) {
      if (flag_of(json, key)) shape.flags |= flag;
    }
    fill_error(shape, json);
    fill_texts(shape.values, member(json, "enum"));
    fill_texts(shape.xml_order, member(json, "xmlOrder"));
    fill_members(shape, json);
    model_.shapes[place] = std::move(shape);
    return static_cast<std::uint32_t>(place + 1);
  }

  void fill_error(Shape& shape, const Json& json) {
    const Json& error = member(json, "error");
    if (!error.is_object()) return;
    shape.error_code = keep(error, "code");
    if (const Json& status = member(error, "httpStatusCode"); status.is_number_unsigned()) shape.error_status = status;
    if (flag_of(error, "senderFault")) shape.flags |= Shape::sender_fault;
  }

  void fill_texts(std::vector<std::string_view>& into, const Json& list) {
    if (list.is_string()) into.push_back(model_.keep(list.get_ref<const std::string&>()));
    if (!list.is_array()) return;
    for (const Json& text : list) {
      if (text.is_string()) into.push_back(model_.keep(text.get_ref<const std::string&>()));
    }
  }

  void fill_members(Shape& shape, const Json& json) {
    if (shape.type == ShapeType::list) shape.members = {reference({}, member(json, "member"))};
    if (shape.type == ShapeType::map)
      shape.members = {reference({}, member(json, "key")), reference({}, member(json, "value"))};
    if (shape.type != ShapeType::structure) return;
    for (auto& [name, reference_json] : member(json, "members").items())
      shape.members.push_back(reference(name, reference_json));
    for (const Json& required : member(json, "required")) {
      for (Member& candidate : shape.members) {
        if (required.is_string() && candidate.name == required.get_ref<const std::string&>())
          candidate.flags |= Member::required;
      }
    }
  }

  void add_operation(const std::string& name, const Json& json) {
    OperationModel operation;
    operation.name = model_.keep(name);
    fill_http(operation, member(json, "http"));
    fill_checksum(operation, json);
    operation.host_prefix = keep(member(json, "endpoint"), "hostPrefix");
    if (flag_of(json, "deprecated")) operation.flags |= OperationModel::deprecated;
    if (flag_of(json, "idempotent")) operation.flags |= OperationModel::idempotent;
    operation.auth = auth_of(json);
    // The models leave out what every SDK knows: these two are how one comes by credentials.
    if (name == "AssumeRoleWithSAML" || name == "AssumeRoleWithWebIdentity") operation.auth = AuthType::none;
    if (json.contains("input")) operation.input = reference({}, json["input"]);
    if (const Json& output = member(json, "output"); output.is_object()) {
      operation.output = reference({}, output);
      operation.result_wrapper = keep(output, "resultWrapper");
    }
    for (const Json& error : member(json, "errors")) add_error(operation, error);
    model_.operations.push_back(std::move(operation));
  }

  void add_error(OperationModel& operation, const Json& error) {
    const std::string name = base::string_member(error, "shape");
    const Json& shape = member(member(json_, "shapes"), name);
    if (shape.is_object()) operation.error_indices.push_back(named_shape(name, shape));
  }

  void fill_http(OperationModel& operation, const Json& http) {
    if (auto method = keep(http, "method"); !method.empty()) operation.http_method = method;
    if (auto uri = keep(http, "requestUri"); !uri.empty()) operation.http_uri = uri;
    if (const Json& code = member(http, "responseCode"); code.is_number_unsigned()) operation.response_code = code;
  }

  void fill_checksum(OperationModel& operation, const Json& json) {
    const Json& checksum = member(json, "httpChecksum");
    operation.checksum_member = keep(checksum, "requestAlgorithmMember");
    if (flag_of(json, "httpChecksumRequired") || flag_of(checksum, "requestChecksumRequired")) {
      operation.flags |= OperationModel::checksum_required;
    }
  }

  static AuthType auth_of(const Json& json) {
    const std::string type = base::string_member(json, "authtype");
    if (type == "none") return AuthType::none;
    if (type == "v4-unsigned-body" || flag_of(json, "unsignedPayload")) return AuthType::unsigned_body;
    const Json& auth = member(json, "auth");
    return auth.is_array() && auth.size() == 1 && auth[0] == "smithy.api#noAuth" ? AuthType::none : AuthType::sigv4;
  }

  ServiceModel& model_;
  const Json& json_;
  std::map<std::string, std::uint32_t> named_;
  std::map<ShapeType, std::uint32_t> scalars_;
  std::string problem_;
};

// SQS moved from query to JSON and its model lost the names of before, which clients of 2022 still speak. They follow a
// rule: lists and maps are flattened and named in the singular; a batch's entries are named after their operation.
std::string query_name(std::string_view operation, std::string_view member) {
  if (member == "Actions") return "ActionName";
  if (member == "Entries") return std::string(operation) + "RequestEntry";
  if (member == "Successful") return std::string(operation) + "ResultEntry";
  if (member == "Failed") return "BatchResultErrorEntry";
  return std::string(member.substr(0, member.size() - (member.ends_with('s') ? 1 : 0)));
}

void add_query_names(ServiceModel& model, std::string_view operation, std::uint32_t shape_index, int depth = 0) {
  if (shape_index == 0 || depth > 8) return;
  Shape& shape = model.shapes[shape_index - 1];
  for (Member& member : shape.members) {
    Shape& target = model.shapes[member.shape_index - 1];
    if (shape.type == ShapeType::structure && (target.type == ShapeType::list || target.type == ShapeType::map)) {
      member.query_name = model.keep(query_name(operation, member.name));
      member.flags |= Member::flattened;
    }
    if (target.type == ShapeType::map) {
      const bool tags = member.name == "Tags" || member.name == "tags";
      target.members[0].query_name = tags ? "Key" : "Name";
      target.members[1].query_name = "Value";
    }
    add_query_names(model, operation, member.shape_index, depth + 1);
  }
}

void add_query_names(ServiceModel& model) {
  for (const OperationModel& operation : model.operations) {
    add_query_names(model, operation.name, operation.input.shape_index);
    add_query_names(model, operation.name, operation.output.shape_index);
  }
}

void fill_tokens(ServiceModel& model, std::vector<std::string_view>& into, const Json& value) {
  if (value.is_string()) into.push_back(model.keep(value.get_ref<const std::string&>()));
  if (!value.is_array()) return;
  for (const Json& token : value) {
    if (token.is_string()) into.push_back(model.keep(token.get_ref<const std::string&>()));
  }
}

void add_paginators(ServiceModel& model, const Json& json) {
  for (auto& [name, entry] : member(json, "pagination").items()) {
    if (!entry.contains("input_token")) continue;
    Paginator paginator;
    paginator.operation = model.keep(name);
    fill_tokens(model, paginator.input_tokens, member(entry, "input_token"));
    fill_tokens(model, paginator.output_tokens, member(entry, "output_token"));
    fill_tokens(model, paginator.result_keys, member(entry, "result_key"));
    paginator.more_results = model.keep(base::string_member(entry, "more_results"));
    paginator.limit_key = model.keep(base::string_member(entry, "limit_key"));
    model.paginators.push_back(std::move(paginator));
  }
}

void add_waiters(ServiceModel& model, const Json& json) {
  for (auto& [name, entry] : member(json, "waiters").items()) {
    Waiter waiter;
    waiter.name = model.keep(name);
    waiter.operation = model.keep(base::string_member(entry, "operation"));
    waiter.delay_seconds = entry.value("delay", 5u);
    waiter.attempts_max = entry.value("maxAttempts", 40u);
    for (const Json& acceptor : member(entry, "acceptors")) {
      waiter.acceptors.push_back({.matcher = model.keep(base::string_member(acceptor, "matcher")),
                                  .argument = model.keep(base::string_member(acceptor, "argument")),
                                  .expected = model.keep(member(acceptor, "expected").dump()),
                                  .state = model.keep(base::string_member(acceptor, "state"))});
    }
    model.waiters.push_back(std::move(waiter));
  }
}

std::string first_existing(const fs::path& folder, std::initializer_list<std::string> names) {
  for (const std::string& name : names) {
    if (fs::exists(folder / name)) return (folder / name).string();
  }
  return {};
}

std::vector<std::string> entries_of(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

ModelSource botocore_source(const fs::path& version_folder, std::string name) {
  return {.name = std::move(name),
          .service_path = first_existing(version_folder, {"service-2.json", "service-2.json.gz"}),
          .paginators_path = first_existing(version_folder, {"paginators-1.json", "paginators-1.json.gz"}),
          .waiters_path = first_existing(version_folder, {"waiters-2.json", "waiters-2.json.gz"})};
}

std::vector<ModelSource> scan_botocore(const fs::path& folder) {
  std::vector<ModelSource> found;
  for (const std::string& service : entries_of(folder)) {
    std::vector<std::string> versions = entries_of(folder / service);
    for (auto version = versions.rbegin(); version != versions.rend(); ++version) {
      ModelSource source = botocore_source(folder / service / *version, service);
      if (source.service_path.empty()) continue;
      found.push_back(std::move(source));
      break;
    }
  }
  return found;
}

std::string version_in(const std::string& file) {
  const std::size_t end =
      file.find(".min.json") != std::string::npos ? file.find(".min.json") : file.find(".normal.json");
  return end < 10 ? std::string() : file.substr(end - 10, 10);
}

base::Result<std::vector<ModelSource>> scan_aws_sdk(const fs::path& folder) {
  std::map<std::string, std::pair<std::string, ModelSource>> newest;
  for (const std::string& file : entries_of(folder)) {
    if (!file.ends_with(".min.json") && !file.ends_with(".normal.json")) continue;
    TRY(ModelSource source, model_source_of((folder / file).string()));
    if (source.name.empty()) continue;
    // ec2-2016-11-15.min.json: the names of one service sort by their version.
    auto& [version, kept] = newest[source.name];
    const std::string own_version = version_in(file);
    if (own_version < version) continue;
    version = own_version;
    kept = std::move(source);
  }
  std::vector<ModelSource> found;
  for (auto& [name, entry] : newest) found.push_back(std::move(entry.second));
  return found;
}

}  // namespace

std::string client_name_of(std::string_view service_id) {
  for (auto& [id, name] : kClientNames) {
    if (id == service_id) return std::string(name);
  }
  std::string name(service_id);
  for (char& c : name) c = c == ' ' ? '-' : static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  return name;
}

base::Result<ModelSource> model_source_of(const std::string& service_path) {
  const fs::path path(service_path);
  if (path.filename().string().starts_with("service-2.json")) {
    return botocore_source(path.parent_path(), path.parent_path().parent_path().filename().string());
  }
  TRY(Json json, read_json(service_path));
  std::string stem = path.filename().string();
  for (const char* suffix : {".min.json", ".normal.json", ".json"}) {
    if (stem.ends_with(suffix)) stem.resize(stem.size() - std::string_view(suffix).size());
  }
  return ModelSource{.name = client_name_of(base::string_member(member(json, "metadata"), "serviceId")),
                     .service_path = service_path,
                     .paginators_path = first_existing(path.parent_path(), {stem + ".paginators.json"}),
                     .waiters_path = first_existing(path.parent_path(), {stem + ".waiters2.json"})};
}

base::Result<std::vector<ModelSource>> scan_model_folder(const std::string& folder) {
  std::error_code problem;
  if (!fs::is_directory(folder, problem)) {
    return base::fail(base::ErrorCode::not_found, "no folder of AWS models at {}", folder);
  }
  const std::vector<std::string> names = entries_of(folder);
  const bool sdk = std::any_of(names.begin(), names.end(), [](const std::string& name) {
    return name.ends_with(".min.json") || name.ends_with(".normal.json");
  });
  if (!sdk) return scan_botocore(folder);
  return scan_aws_sdk(folder);
}

base::Result<std::shared_ptr<ServiceModel>> load_model(const ModelSource& source) {
  TRY(Json json, read_json(source.service_path));
  auto model = std::make_shared<ServiceModel>();
  TRY_VOID(Builder(*model, json).build(source));
  if (!source.paginators_path.empty()) {
    TRY(Json paginators, read_json(source.paginators_path));
    add_paginators(*model, paginators);
  }
  if (model->query_compatible) add_query_names(*model);
  if (!source.waiters_path.empty()) {
    TRY(Json waiters, read_json(source.waiters_path));
    add_waiters(*model, waiters);
  }
  model->link();
  return model;
}

}  // namespace setpoint::cloud::aws
