// SSM: parameters, documents and who may see them, service settings. Source: Systems Manager API reference.
#include <algorithm>

#include "base/document.h"
#include "twin/resource_types.h"
#include "twin/services/describe.h"
#include "twin/services/tables.h"

namespace setpoint::twin::services {

namespace {

constexpr const char* kParameter = "AWS::SSM::Parameter";
constexpr const char* kDocument = "AWS::SSM::Document";
constexpr const char* kSetting = "AWS::SSM::ServiceSetting";

// --- Parameters

Json parameter_view(const Request& request, const Json& parameter, bool decrypt) {
  Json view = pick(parameter, {"Name", "Type", "Value", "Version", "LastModifiedDate", "DataType"});
  std::string name = parameter.value("Name", "");
  view["ARN"] = request.arn("ssm", "parameter" + std::string(name.starts_with("/") ? "" : "/") + name);
  if (parameter.value("Type", "") == "SecureString" && !decrypt) view["Value"] = "AQICAHencrypted";
  return view;
}

AwsError no_parameter(const std::string& name) {
  return {"ParameterNotFound", fmt::format("Parameter {} not found.", name), 400, Json::object()};
}

Answer get_parameter(Request& request) {
  const Json* found = request.find(kParameter, request.text("Name"));
  if (!found) return tl::unexpected(no_parameter(request.text("Name")));
  return Json{{"Parameter", parameter_view(request, *found, request.flag("WithDecryption"))}};
}

Answer get_parameters(Request& request) {
  Json found = Json::array(), invalid = Json::array();
  for (const Json& name : request.parameter("Names")) {
    const Json* parameter = request.find(kParameter, name.get<std::string>());
    if (parameter)
      found.push_back(parameter_view(request, *parameter, request.flag("WithDecryption")));
    else
      invalid.push_back(name);
  }
  return Json{{"Parameters", found}, {"InvalidParameters", invalid}};
}

Answer get_parameters_by_path(Request& request) {
  std::string path = request.text("Path");
  if (!path.starts_with("/")) return error("ValidationException", "The parameter path must start with a slash");
  if (!path.ends_with("/")) path += "/";
  std::vector<Json> found;
  request.each(kParameter, [&](const std::string& name, const Json& parameter) {
    bool below =
        name.starts_with(path) && (request.flag("Recursive") || name.find('/', path.size()) == std::string::npos);
    if (below) found.push_back(parameter_view(request, parameter, request.flag("WithDecryption")));
  });
  return page(request, std::move(found), "Parameters", {.limit_default = 10, .limit_max = 10});
}

Check check_parameter_name(const std::string& name) {
  auto allowed = [](unsigned char c) {
    return std::isalnum(c) != 0 || std::string_view("_.-/").find(static_cast<char>(c)) != std::string_view::npos;
  };
  std::string start = name.substr(name.starts_with("/") ? 1 : 0, 3);
  std::transform(start.begin(), start.end(), start.begin(), [](unsigned char c) { return std::tolower(c); });
  if (start == "aws" || start == "ssm")
    return AwsError{"ValidationException",
                    "Parameter name: can't be prefixed with \"ssm\" (case-insensitive) or \"aws\".",
                    400,
                    {}};
  if (name.empty() || !std::all_of(name.begin(), name.end(), allowed))
    return AwsError{"ValidationException",
                    "Invalid parameter name. Only a mix of letters, numbers and the following symbols .-_/ is allowed.",
                    400,
                    {}};
  return {};
}

Answer put_parameter(Request& request) {
  std::string name = request.text("Name");
  if (Check wrong = check_parameter_name(name)) return tl::unexpected(*wrong);
  const Json* old = request.find(kParameter, name);
  if (old && !request.flag("Overwrite"))
    return error(
        "ParameterAlreadyExists",
        "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.");
  if (!old && !request.has("Type"))
    return error("ValidationException", "A parameter type is required when you create a parameter.");
  std::string type = request.has("Type") ? request.text("Type") : old->value("Type", "");
  if (type != "String" && type != "StringList" && type != "SecureString")
    return error("UnsupportedParameterType", fmt::format("The parameter type {} is not supported.", type));
  Json parameter = old ? *old
                       : Json{{"Name", name},
                              {"Version", 0},
                              {"Tier", "Standard"},
                              {"DataType", "text"},
                              {"Tags", sorted_tags(request.parameter("Tags"))}};
  overlay(parameter, request, {"Value", "Description", "KeyId", "AllowedPattern", "Tier", "DataType"});
  parameter["Type"] = type;
  parameter["Version"] = parameter.value("Version", 0) + 1;
  parameter["LastModifiedDate"] = request.now();
  if (type == "SecureString" && !parameter.contains("KeyId")) parameter["KeyId"] = "alias/aws/ssm";
  Json out = {{"Version", parameter["Version"]}, {"Tier", parameter["Tier"]}};
  request.put(kParameter, name, std::move(parameter));
  return out;
}

// Equals, BeginsWith and Contains over Name, Type, KeyId and Tier; a tag by tag:KEY.
bool passes(const Json& parameter, const Json& filter) {
  std::string key = base::string_member(filter, "Key"), option = base::string_member(filter, "Option");
  std::vector<std::string> held;
  if (key.starts_with("tag:"))
    held = {tags_as_map(base::member(parameter, "Tags")).value(key.substr(4), "")};
  else
    held = values_at(parameter, key);
  const Json& wanted = base::member(filter, "Values");
  if (wanted.empty()) return !held.empty() && !held[0].empty();
  return std::any_of(held.begin(), held.end(), [&](const std::string& value) {
    return std::any_of(wanted.begin(), wanted.end(), [&](const Json& each) {
      std::string text = each.get<std::string>();
      if (option == "BeginsWith") return value.starts_with(text);
      return option == "Contains" ? value.find(text) != std::string::npos : value == text;
    });
  });
}

Check check_filters(const Json& filters) {
  static constexpr std::string_view kKeys[] = {"Name", "Type", "KeyId", "Tier", "DataType"};
  for (const Json& filter : filters) {
    std::string key = base::string_member(filter, "Key");
    if (key.starts_with("tag:") || std::find(std::begin(kKeys), std::end(kKeys), key) != std::end(kKeys)) continue;
    return AwsError{"InvalidFilterKey", fmt::format("The following filter key is not valid: {}", key), 400, {}};
  }
  return {};
}

Answer delete_parameters(Request& request) {
  Json deleted = Json::array(), invalid = Json::array();
  for (const Json& name : request.parameter("Names")) {
    bool gone = request.state().erase(request.key(kParameter, name.get<std::string>()));
    (gone ? deleted : invalid).push_back(name);
  }
  return Json{{"DeletedParameters", deleted}, {"InvalidParameters", invalid}};
}

Answer delete_parameter(Request& request) {
  if (request.state().erase(request.key(kParameter, request.text("Name")))) return Json::object();
  return tl::unexpected(no_parameter(request.text("Name")));
}

Answer describe_parameters(Request& request) {
  const Json& filters = request.parameter("ParameterFilters");
  if (Check wrong = check_filters(filters)) return tl::unexpected(*wrong);
  std::vector<Json> found = request.all(kParameter);
  std::erase_if(found, [&](const Json& parameter) {
    return !std::all_of(filters.begin(), filters.end(), [&](const Json& filter) { return passes(parameter, filter); });
  });
  for (Json& parameter : found) parameter = without(parameter, {"Value", "Tags"});
  return page(request, std::move(found), "Parameters", {.limit_default = 50, .limit_max = 50});
}

// --- Documents

// A document is named by its name or its ARN.
std::string document_name(const Request& request) {
  std::string name = request.text("Name");
  std::size_t at = name.starts_with("arn:") ? name.find(":document/") : std::string::npos;
  return at == std::string::npos ? name : name.substr(at + std::string_view(":document/").size());
}

Answer document_of(Request& request) {
  const Json* found = request.find(kDocument, document_name(request));
  if (!found)
    return error("InvalidDocument", fmt::format("Document with name {} does not exist.", request.text("Name")));
  return *found;
}

Json document_view(const Json& document) { return without(document, {"Content", "AccountIds"}); }

constexpr Listing kDocuments{.type = kDocument,
                             .list = "DocumentIdentifiers",
                             .view = document_view,
                             .pages = {.limit_default = 50, .limit_max = 50}};

Answer describe_document(Request& request) {
  Answer document = document_of(request);
  if (!document) return document;
  return Json{{"Document", document_view(*document)}};
}

Answer get_document(Request& request) {
  Answer document = document_of(request);
  if (!document) return document;
  return pick(*document, {"Name", "DocumentVersion", "Status", "Content", "DocumentType", "DocumentFormat"});
}

// The content is read as far as its place in the API goes: that it is JSON or YAML, and its schema version.
Answer create_document(Request& request) {
  std::string name = request.text("Name"),
              type = request.has("DocumentType") ? request.text("DocumentType") : "Command";
  if (request.find(kDocument, name))
    return error("DocumentAlreadyExists", fmt::format("Document with same name {} already exists", name));
  base::Diagnostics mistakes;
  auto content = base::parse_yaml({name, request.text("Content")}, mistakes);
  if (!content || !content->is_map())
    return error("InvalidDocumentContent", "The content of the document is not valid JSON or YAML.");
  Json version = base::member(content->json(), "schemaVersion");
  Json members = {{"Name", name},
                  {"Content", request.text("Content")},
                  {"DocumentType", type},
                  {"DocumentFormat", request.has("DocumentFormat") ? request.text("DocumentFormat") : "JSON"},
                  {"SchemaVersion", version.is_string() ? version : Json(version.dump())},
                  {"CreatedDate", request.now()},
                  {"DefaultVersion", "1"},
                  {"LatestVersion", "1"},
                  {"Tags", sorted_tags(request.parameter("Tags"))}};
  auto document = document_from_api(request.account(), request.region(), kDocument, std::move(members));
  if (!document) return error("InvalidDocumentContent", document.error().message);
  request.put(kDocument, name, document->second);
  return Json{{"DocumentDescription", document_view(document->second)}};
}

Answer delete_document(Request& request) {
  Answer document = document_of(request);
  if (!document) return document;
  if (!base::member(*document, "AccountIds").empty())
    return error("InvalidDocumentOperation", "You must stop sharing the document before you can delete it.");
  request.state().erase(request.key(kDocument, document_name(request)));
  return Json::object();
}

Answer describe_permission(Request& request) {
  if (request.text("PermissionType") != "Share")
    return error("InvalidPermissionType",
                 "The permission type is not supported. Share is the only supported permission type.");
  Answer document = document_of(request);
  if (!document) return document;
  const Json& accounts = base::member(*document, "AccountIds");
  Json shared = Json::array();
  for (const Json& account : accounts)
    shared.push_back({{"AccountId", account}, {"SharedDocumentVersion", "$DEFAULT"}});
  return Json{{"AccountIds", accounts}, {"AccountSharingInfoList", shared}};
}

Answer modify_permission(Request& request) {
  Answer document = document_of(request);
  if (!document) return document;
  if (request.text("PermissionType") != "Share")
    return error("InvalidPermissionType",
                 "The permission type is not supported. Share is the only supported permission type.");
  Json kept = Json::array();
  const Json& removed = request.parameter("AccountIdsToRemove");
  for (const Json& account : base::member(*document, "AccountIds")) {
    if (std::find(removed.begin(), removed.end(), account) == removed.end()) kept.push_back(account);
  }
  for (const Json& account : request.parameter("AccountIdsToAdd")) {
    if (std::find(kept.begin(), kept.end(), account) == kept.end()) kept.push_back(account);
  }
  (*document)["AccountIds"] = kept;
  request.put(kDocument, document_name(request), *document);
  return Json::object();
}

// --- Settings

constexpr std::pair<const char*, const char*> kSettings[] = {
    {"/ssm/documents/console/public-sharing-permission", "Enable"},
    {"/ssm/parameter-store/default-parameter-tier", "Standard"},
    {"/ssm/parameter-store/high-throughput-enabled", "false"},
    {"/ssm/managed-instance/default-ec2-instance-management-role", "$None"}};

std::string setting_name(const std::string& written) {
  std::size_t at = written.find(":servicesetting");
  return at == std::string::npos ? written : written.substr(at + 15);
}

Answer get_setting(Request& request) {
  std::string name = setting_name(request.text("SettingId"));
  auto known = std::find_if(std::begin(kSettings), std::end(kSettings),
                            [&](const auto& setting) { return name == setting.first; });
  if (known == std::end(kSettings))
    return error("ServiceSettingNotFound", fmt::format("Setting {} is not recognized.", name));
  const Json* stored = request.find(kSetting, name);
  Json setting = stored ? *stored : Json{{"SettingValue", known->second}, {"Status", "Default"}};
  setting.update({{"SettingId", name}, {"ARN", request.arn("ssm", "servicesetting" + name)}});
  return Json{{"ServiceSetting", setting}};
}

Answer update_setting(Request& request) {
  Answer known = get_setting(request);
  if (!known) return known;
  request.put(kSetting, setting_name(request.text("SettingId")),
              {{"SettingValue", request.text("SettingValue")},
               {"Status", "Customized"},
               {"LastModifiedDate", request.now()},
               {"LastModifiedUser", request.caller().arn}});
  return Json::object();
}

Answer reset_setting(Request& request) {
  Answer known = get_setting(request);
  if (!known) return known;
  request.state().erase(request.key(kSetting, setting_name(request.text("SettingId"))));
  return get_setting(request);
}

// --- Tags, by type and id

Answer tagged(Request& request) {
  std::string type = request.text("ResourceType");
  const char* kind = type == "Parameter" ? kParameter : type == "Document" ? kDocument : nullptr;
  const Json* found = kind ? request.find(kind, request.text("ResourceId")) : nullptr;
  if (!found) return error("InvalidResourceId", "The resource ID is not valid.");
  Json out = *found;
  out["Kind"] = kind;
  return out;
}

Answer keep_tagged(Request& request, Json document) {
  std::string kind = document["Kind"];
  document.erase("Kind");
  request.put(kind, request.text("ResourceId"), std::move(document));
  return Json::object();
}

Answer add_tags(Request& request) {
  Answer document = tagged(request);
  if (!document) return document;
  merge_tags(*document, request.parameter("Tags"));
  return keep_tagged(request, *document);
}

Answer remove_resource_tags(Request& request) {
  Answer document = tagged(request);
  if (!document) return document;
  remove_tags(*document, request.parameter("TagKeys"));
  return keep_tagged(request, *document);
}

Answer list_tags(Request& request) {
  Answer document = tagged(request);
  if (!document) return document;
  return Json{{"TagList", base::member(*document, "Tags")}};
}

}  // namespace

std::vector<Operation> ssm_operations() {
  return {
      {"ssm", "GetParameter", Effect::read, get_parameter},
      {"ssm", "GetParameters", Effect::read, get_parameters},
      {"ssm", "GetParametersByPath", Effect::read, get_parameters_by_path},
      {"ssm", "DescribeParameters", Effect::read, describe_parameters},
      {"ssm", "PutParameter", Effect::write, put_parameter},
      {"ssm", "DeleteParameter", Effect::write, delete_parameter},
      {"ssm", "DeleteParameters", Effect::write, delete_parameters},
      {"ssm", "ListDocuments", Effect::read, describe<kDocuments>},
      {"ssm", "DescribeDocument", Effect::read, describe_document},
      {"ssm", "GetDocument", Effect::read, get_document},
      {"ssm", "CreateDocument", Effect::write, create_document},
      {"ssm", "DeleteDocument", Effect::write, delete_document},
      {"ssm", "DescribeDocumentPermission", Effect::read, describe_permission},
      {"ssm", "ModifyDocumentPermission", Effect::write, modify_permission},
      {"ssm", "GetServiceSetting", Effect::read, get_setting},
      {"ssm", "UpdateServiceSetting", Effect::write, update_setting},
      {"ssm", "ResetServiceSetting", Effect::write, reset_setting},
      {"ssm", "AddTagsToResource", Effect::write, add_tags},
      {"ssm", "RemoveTagsFromResource", Effect::write, remove_resource_tags},
      {"ssm", "ListTagsForResource", Effect::read, list_tags},
  };
}

}  // namespace setpoint::twin::services
