// IAM users, roles and groups with their policies. Source: IAM API reference.
#include <algorithm>
#include <span>

#include "twin/services/iam.h"
#include "twin/services/tables.h"

namespace setpoint::twin::services {

namespace {

void store(Request& request, const Principal& principal, Json document) {
  std::string name = document.value(principal.name, "");
  request.put_global(principal.type, name, std::move(document));
}

// --- The principals themselves

template <const Principal& P>
Answer list(Request& request) {
  std::string prefix = request.has("PathPrefix") ? request.text("PathPrefix") : "/";
  std::vector<Json> found;
  request.each_global(P.type, [&](const std::string&, const Json& document) {
    if (document.value("Path", "/").starts_with(prefix)) found.push_back(principal_view(document));
  });
  return iam_page(request, std::move(found), P.list);
}

template <const Principal& P>
Answer get(Request& request) {
  Answer found = principal_of(request, P);
  if (!found) return found;
  return Json{{P.answer, principal_view(*found)}};
}

bool valid_name(const std::string& name) {
  static constexpr std::string_view kAllowed = "+=,.@_-";
  return !name.empty() && name.size() <= 128 && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) || kAllowed.find(static_cast<char>(c)) != std::string_view::npos;
  });
}

Answer create_principal(Request& request, const Principal& principal) {
  std::string name = request.text(principal.name);
  if (!valid_name(name))
    return error("ValidationError", fmt::format("The specified value for {} is invalid. It must contain only "
                                                "alphanumeric characters and/or the following: +=,.@_-",
                                                principal.name));
  if (request.find_global(principal.type, name))
    return error("EntityAlreadyExists", fmt::format("{} with name {} already exists.", principal.answer, name), 409);
  std::string path = request.has("Path") ? request.text("Path") : "/";
  Json document = {{principal.name, name},
                   {"Path", path},
                   {std::string(principal.answer) + "Id", iam_id(request, principal.id_prefix)},
                   {"Arn", request.global_arn("iam", std::string(principal.kind) + path + name)},
                   {"CreateDate", request.now()},
                   {"Policies", Json::object()},
                   {"AttachedPolicies", Json::array()},
                   {"Tags", sorted_tags(request.parameter("Tags"))}};
  if (request.has("PermissionsBoundary"))
    document["PermissionsBoundary"] = {{"PermissionsBoundaryType", "Policy"},
                                       {"PermissionsBoundaryArn", request.text("PermissionsBoundary")}};
  return document;
}

Answer create_user(Request& request) {
  Answer document = create_principal(request, kUser);
  if (!document) return document;
  (*document)["Groups"] = Json::array();
  (*document)["MFADevices"] = Json::array();
  store(request, kUser, *document);
  return Json{{"User", principal_view(*document)}};
}

Answer create_role(Request& request) {
  Answer document = create_principal(request, kRole);
  if (!document) return document;
  if (Check wrong = check_policy_document(request.text("AssumeRolePolicyDocument"))) return tl::unexpected(*wrong);
  (*document)["MaxSessionDuration"] = 3600;
  (*document)["Description"] = "";
  overlay(*document, request, {"AssumeRolePolicyDocument", "Description", "MaxSessionDuration"});
  store(request, kRole, *document);
  return Json{{"Role", principal_view(*document)}};
}

Answer create_group(Request& request) {
  Answer document = create_principal(request, kGroup);
  if (!document) return document;
  document->erase("Tags");
  store(request, kGroup, *document);
  return Json{{"Group", principal_view(*document)}};
}

// What must be gone first.
Check check_deletable(Request& request, const Json& document, const std::string& name) {
  std::string what;
  if (!base::member(document, "AttachedPolicies").empty()) what = "must detach all policies first";
  if (!base::member(document, "Policies").empty()) what = "must delete policies first";
  if (document.contains("LoginProfile")) what = "must delete login profile first";
  if (!base::member(document, "Groups").empty()) what = "must remove users from group first";
  request.each_global("AWS::IAM::AccessKey", [&](const std::string&, const Json& key) {
    if (document.contains("UserName") && key.value("UserName", "") == name) what = "must delete access keys first";
  });
  if (what.empty()) return {};
  return AwsError{"DeleteConflict", fmt::format("Cannot delete entity, {}.", what), 409, {}};
}

template <const Principal& P>
Answer remove(Request& request) {
  Answer found = principal_of(request, P);
  if (!found) return found;
  std::string name = request.text(P.name);
  if (Check wrong = check_deletable(request, *found, name)) return tl::unexpected(*wrong);
  request.state().erase(request.global_key(P.type, name));
  return Json::object();
}

template <const Principal& P>
Answer tag(Request& request) {
  Answer found = principal_of(request, P);
  if (!found) return found;
  merge_tags(*found, request.parameter("Tags"));
  store(request, P, *found);
  return Json::object();
}

template <const Principal& P>
Answer untag(Request& request) {
  Answer found = principal_of(request, P);
  if (!found) return found;
  remove_tags(*found, request.parameter("TagKeys"));
  store(request, P, *found);
  return Json::object();
}

template <const Principal& P>
Answer list_tags(Request& request) {
  Answer found = principal_of(request, P);
  if (!found) return found;
  const Json& tags = base::member(*found, "Tags");
  return iam_page(request, {tags.begin(), tags.end()}, "Tags");
}

// --- Inline policies

template <const Principal& P>
Answer put_policy(Request& request) {
  Answer found = principal_of(request, P);
  if (!found) return found;
  if (Check wrong = check_policy_document(request.text("PolicyDocument"))) return tl::unexpected(*wrong);
  (*found)["Policies"][request.text("PolicyName")] = request.text("PolicyDocument");
  store(request, P, *found);
  return Json::object();
}

AwsError no_such_inline(const Request& request, const Principal& principal) {
  return no_such_entity(
      fmt::format("The {} policy with name {} cannot be found.", principal.kind, request.text("PolicyName")));
}

template <const Principal& P>
Answer get_policy(Request& request) {
  Answer found = principal_of(request, P);
  if (!found) return found;
  const Json& policy = base::member(base::member(*found, "Policies"), request.text("PolicyName"));
  if (policy.is_null()) return tl::unexpected(no_such_inline(request, P));
  return Json{{P.name, request.text(P.name)},
              {"PolicyName", request.text("PolicyName")},
              {"PolicyDocument", encoded_policy(policy)}};
}

template <const Principal& P>
Answer delete_policy(Request& request) {
  Answer found = principal_of(request, P);
  if (!found) return found;
  if ((*found)["Policies"].erase(request.text("PolicyName")) == 0) return tl::unexpected(no_such_inline(request, P));
  store(request, P, *found);
  return Json::object();
}

template <const Principal& P>
Answer list_policies(Request& request) {
  Answer found = principal_of(request, P);
  if (!found) return found;
  std::vector<Json> names;
  for (const auto& [name, policy] : base::member(*found, "Policies").items()) names.push_back(name);
  return iam_page(request, std::move(names), "PolicyNames");
}

// --- Attached policies

bool is_aws_managed(const std::string& arn) { return arn.find(":iam::aws:policy/") != std::string::npos; }

Json::iterator attached(Json& document, const std::string& arn) {
  Json& list = document["AttachedPolicies"];
  return std::find_if(list.begin(), list.end(), [&](const Json& entry) { return entry.value("PolicyArn", "") == arn; });
}

template <const Principal& P>
Answer attach(Request& request) {
  Answer found = principal_of(request, P);
  if (!found) return found;
  std::string arn = request.text("PolicyArn");
  if (!is_aws_managed(arn) && !request.find_global("AWS::IAM::Policy", arn)) {
    return tl::unexpected(no_such_entity(fmt::format("Policy {} does not exist or is not attachable.", arn)));
  }
  if (attached(*found, arn) == (*found)["AttachedPolicies"].end()) {
    (*found)["AttachedPolicies"].push_back({{"PolicyName", arn.substr(arn.rfind('/') + 1)}, {"PolicyArn", arn}});
    std::sort((*found)["AttachedPolicies"].begin(), (*found)["AttachedPolicies"].end());
  }
  store(request, P, *found);
  return Json::object();
}

template <const Principal& P>
Answer detach(Request& request) {
  Answer found = principal_of(request, P);
  if (!found) return found;
  auto at = attached(*found, request.text("PolicyArn"));
  if (at == (*found)["AttachedPolicies"].end())
    return tl::unexpected(no_such_entity(fmt::format("Policy {} was not found.", request.text("PolicyArn"))));
  (*found)["AttachedPolicies"].erase(at);
  store(request, P, *found);
  return Json::object();
}

template <const Principal& P>
Answer list_attached(Request& request) {
  Answer found = principal_of(request, P);
  if (!found) return found;
  const Json& list = base::member(*found, "AttachedPolicies");
  return iam_page(request, {list.begin(), list.end()}, "AttachedPolicies");
}

template <const Principal& P>
Answer put_boundary(Request& request) {
  Answer found = principal_of(request, P);
  if (!found) return found;
  (*found)["PermissionsBoundary"] = {{"PermissionsBoundaryType", "Policy"},
                                     {"PermissionsBoundaryArn", request.text("PermissionsBoundary")}};
  store(request, P, *found);
  return Json::object();
}

template <const Principal& P>
Answer delete_boundary(Request& request) {
  Answer found = principal_of(request, P);
  if (!found) return found;
  if (found->erase("PermissionsBoundary") == 0)
    return tl::unexpected(no_such_entity("The entity has no permissions boundary."));
  store(request, P, *found);
  return Json::object();
}

// --- Roles and groups have something of their own

Answer update_assume_role_policy(Request& request) {
  Answer role = principal_of(request, kRole);
  if (!role) return role;
  if (Check wrong = check_policy_document(request.text("PolicyDocument"))) return tl::unexpected(*wrong);
  (*role)["AssumeRolePolicyDocument"] = request.text("PolicyDocument");
  store(request, kRole, *role);
  return Json::object();
}

Answer get_group(Request& request) {
  Answer group = principal_of(request, kGroup);
  if (!group) return group;
  std::vector<Json> members;
  request.each_global(kUser.type, [&](const std::string&, const Json& user) {
    const Json& groups = base::member(user, "Groups");
    if (std::find(groups.begin(), groups.end(), Json(request.text("GroupName"))) != groups.end())
      members.push_back(principal_view(user));
  });
  Answer out = iam_page(request, std::move(members), "Users");
  if (out) (*out)["Group"] = principal_view(*group);
  return out;
}

Answer change_membership(Request& request, bool add) {
  Answer group = principal_of(request, kGroup);
  if (!group) return group;
  Answer user = principal_of(request, kUser);
  if (!user) return user;
  Json& groups = (*user)["Groups"];
  auto at = std::find(groups.begin(), groups.end(), Json(request.text("GroupName")));
  if (add && at == groups.end()) groups.push_back(request.text("GroupName"));
  if (!add && at == groups.end())
    return tl::unexpected(no_such_entity(
        fmt::format("User {} is not in group {}.", request.text("UserName"), request.text("GroupName"))));
  if (!add) groups.erase(at);
  store(request, kUser, *user);
  return Json::object();
}

Answer add_to_group(Request& request) { return change_membership(request, true); }
Answer remove_from_group(Request& request) { return change_membership(request, false); }

Answer list_groups_for_user(Request& request) {
  Answer user = principal_of(request, kUser);
  if (!user) return user;
  std::vector<Json> groups;
  for (const Json& name : base::member(*user, "Groups")) {
    if (const Json* group = request.find_global(kGroup.type, name.get<std::string>()))
      groups.push_back(principal_view(*group));
  }
  return iam_page(request, std::move(groups), "Groups");
}

}  // namespace

AwsError no_such_entity(const std::string& message) { return {"NoSuchEntity", message, 404, Json::object()}; }

Answer principal_of(Request& request, const Principal& principal) {
  std::string name = request.text(principal.name);
  if (name.empty() && std::string_view(principal.kind) == "user") name = request.caller().user_name;
  const Json* found = request.find_global(principal.type, name);
  if (!found)
    return tl::unexpected(no_such_entity(fmt::format("The {} with name {} cannot be found.", principal.kind, name)));
  return *found;
}

Json principal_view(const Json& document) {
  Json view = without(document, {"Policies", "AttachedPolicies", "Groups", "MFADevices", "LoginProfile"});
  if (view.contains("AssumeRolePolicyDocument"))
    view["AssumeRolePolicyDocument"] = encoded_policy(view["AssumeRolePolicyDocument"]);
  if (base::member(view, "Tags").empty()) view.erase("Tags");
  return view;
}

Answer iam_page(const Request& request, std::vector<Json> items, const char* list_member) {
  Answer out = page(request, std::move(items), list_member,
                    {.limit = "MaxItems",
                     .token_in = "Marker",
                     .token_out = "Marker",
                     .bad_token_code = "ValidationError",
                     .limit_default = 100});
  if (out) (*out)["IsTruncated"] = out->contains("Marker");
  return out;
}

std::string encoded_policy(const Json& policy) {
  std::string text = policy.is_string() ? policy.get<std::string>() : base::canonical(policy), out;
  for (unsigned char c : text) {
    if (std::isalnum(c) || c == '-' || c == '_' || c == '.' || c == '~')
      out += static_cast<char>(c);
    else
      out += fmt::format("%{:02X}", c);
  }
  return out;
}

Check check_policy_document(const std::string& text) {
  base::Result<Json> policy = base::parse_json(text, {131'072, 32});
  const Json& statements = policy ? base::member(*policy, "Statement") : base::member(Json(), "");
  if (policy && statements.is_structured() && !statements.empty()) return {};
  return AwsError{
      "MalformedPolicyDocument", policy ? "Syntax errors in policy." : "This policy contains invalid Json", 400, {}};
}

// Letters and 2 to 7 alone, as clients check: a hexadecimal digit becomes a letter.
std::string iam_id(Request& request, const char* prefix) {
  const std::string head(prefix);
  std::string id = request.state().next_id(head, 17);
  for (char& c : std::span<char>(id).subspan(head.size()))
    c = static_cast<char>(c <= '9' ? c - '0' + 'G' : c - 'a' + 'A');
  return id;
}

std::vector<Operation> iam_principal_operations() {
  return {
      {"iam", "ListUsers", Effect::read, list<kUser>},
      {"iam", "GetUser", Effect::read, get<kUser>},
      {"iam", "CreateUser", Effect::write, create_user},
      {"iam", "DeleteUser", Effect::write, remove<kUser>},
      {"iam", "TagUser", Effect::write, tag<kUser>},
      {"iam", "UntagUser", Effect::write, untag<kUser>},
      {"iam", "ListUserTags", Effect::read, list_tags<kUser>},
      {"iam", "PutUserPolicy", Effect::write, put_policy<kUser>},
      {"iam", "GetUserPolicy", Effect::read, get_policy<kUser>},
      {"iam", "DeleteUserPolicy", Effect::write, delete_policy<kUser>},
      {"iam", "ListUserPolicies", Effect::read, list_policies<kUser>},
      {"iam", "AttachUserPolicy", Effect::write, attach<kUser>},
      {"iam", "DetachUserPolicy", Effect::write, detach<kUser>},
      {"iam", "ListAttachedUserPolicies", Effect::read, list_attached<kUser>},
      {"iam", "PutUserPermissionsBoundary", Effect::write, put_boundary<kUser>},
      {"iam", "DeleteUserPermissionsBoundary", Effect::write, delete_boundary<kUser>},
      {"iam", "ListGroupsForUser", Effect::read, list_groups_for_user},
      {"iam", "ListRoles", Effect::read, list<kRole>},
      {"iam", "GetRole", Effect::read, get<kRole>},
      {"iam", "CreateRole", Effect::write, create_role},
      {"iam", "DeleteRole", Effect::write, remove<kRole>},
      {"iam", "TagRole", Effect::write, tag<kRole>},
      {"iam", "UntagRole", Effect::write, untag<kRole>},
      {"iam", "ListRoleTags", Effect::read, list_tags<kRole>},
      {"iam", "PutRolePolicy", Effect::write, put_policy<kRole>},
      {"iam", "GetRolePolicy", Effect::read, get_policy<kRole>},
      {"iam", "DeleteRolePolicy", Effect::write, delete_policy<kRole>},
      {"iam", "ListRolePolicies", Effect::read, list_policies<kRole>},
      {"iam", "AttachRolePolicy", Effect::write, attach<kRole>},
      {"iam", "DetachRolePolicy", Effect::write, detach<kRole>},
      {"iam", "ListAttachedRolePolicies", Effect::read, list_attached<kRole>},
      {"iam", "PutRolePermissionsBoundary", Effect::write, put_boundary<kRole>},
      {"iam", "DeleteRolePermissionsBoundary", Effect::write, delete_boundary<kRole>},
      {"iam", "UpdateAssumeRolePolicy", Effect::write, update_assume_role_policy},
      {"iam", "ListGroups", Effect::read, list<kGroup>},
      {"iam", "GetGroup", Effect::read, get_group},
      {"iam", "CreateGroup", Effect::write, create_group},
      {"iam", "DeleteGroup", Effect::write, remove<kGroup>},
      {"iam", "PutGroupPolicy", Effect::write, put_policy<kGroup>},
      {"iam", "GetGroupPolicy", Effect::read, get_policy<kGroup>},
      {"iam", "DeleteGroupPolicy", Effect::write, delete_policy<kGroup>},
      {"iam", "ListGroupPolicies", Effect::read, list_policies<kGroup>},
      {"iam", "AttachGroupPolicy", Effect::write, attach<kGroup>},
      {"iam", "DetachGroupPolicy", Effect::write, detach<kGroup>},
      {"iam", "ListAttachedGroupPolicies", Effect::read, list_attached<kGroup>},
      {"iam", "AddUserToGroup", Effect::write, add_to_group},
      {"iam", "RemoveUserFromGroup", Effect::write, remove_from_group},
  };
}

}  // namespace setpoint::twin::services
