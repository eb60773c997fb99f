// Organizations: the tree of accounts, and tags. Source: Organizations API reference. The organization and its units
// are kept in the management account (the one that holds an AWS::Organizations::Organization); every AWS::Account of
// the cloud is a member.
#include <algorithm>

#include "twin/services/listing.h"
#include "twin/services/record.h"
#include "twin/services/tables.h"

namespace setpoint::twin::services {

namespace {

constexpr const char* kOrganization = "AWS::Organizations::Organization";
constexpr const char* kUnit = "AWS::Organizations::OrganizationalUnit";
constexpr const char* kAccount = "AWS::Account";
constexpr PageNames kPages{.bad_token_code = "InvalidInputException", .limit_default = 20, .limit_max = 20};

struct Tree {
  std::string management;  // account
  std::string root;        // r-abcd
  Json organization;
};

StateKey unit_key(const Tree& tree, const std::string& id) { return {tree.management, "global", kUnit, id}; }
StateKey account_key(const std::string& id) { return {id, "global", kAccount, id}; }

std::optional<Tree> tree_of(Request& request) {
  for (const std::string& account : request.state().accounts()) {
    std::optional<Tree> found;
    request.state().each(account, "global", kOrganization, [&](const std::string& id, const Json& organization) {
      found = Tree{account, "r-" + id.substr(id.size() - std::min<std::size_t>(4, id.size())), organization};
    });
    if (found) return found;
  }
  return {};
}

AwsError not_in_use() {
  return {"AWSOrganizationsNotInUseException", "Your account is not a member of an organization.", 400, Json::object()};
}

// Most calls belong to the management account.
Answer managed(Request& request, std::optional<Tree>& tree) {
  tree = tree_of(request);
  if (!tree) return tl::unexpected(not_in_use());
  if (tree->management == request.account()) return Json::object();
  return error("AccessDeniedException", "You don't have permissions to access this resource.");
}

std::string parent_of(const Tree& tree, const Json& document) {
  std::string parent = base::string_member(document, "ParentId");
  return parent.empty() || parent == "r-root" ? tree.root : parent;
}

// --- The organization

Json organization_view(const Tree& tree) {
  return {{"Id", tree.organization["Id"]},
          {"Arn", fmt::format("arn:aws:organizations::{}:organization/{}", tree.management,
                              tree.organization.value("Id", ""))},
          {"FeatureSet", tree.organization.value("FeatureSet", "ALL")},
          {"MasterAccountId", tree.management},
          {"MasterAccountArn", fmt::format("arn:aws:organizations::{0}:account/{1}/{0}", tree.management,
                                           tree.organization.value("Id", ""))},
          {"MasterAccountEmail", fmt::format("account-{}@example.com", tree.management)},
          {"AvailablePolicyTypes", Json::array()}};
}

Answer create_organization(Request& request) {
  if (tree_of(request))
    return error("AlreadyInOrganizationException", "The provided account is already a member of an organization.");
  std::string id = request.state().next_id("o-", 10);
  request.put_global(kOrganization, id,
                     {{"Id", id}, {"FeatureSet", request.has("FeatureSet") ? request.text("FeatureSet") : "ALL"}});
  return Json{{"Organization", organization_view(*tree_of(request))}};
}

Answer describe_organization(Request& request) {
  std::optional<Tree> tree = tree_of(request);
  if (!tree) return tl::unexpected(not_in_use());
  return Json{{"Organization", organization_view(*tree)}};
}

Answer list_roots(Request& request) {
  std::optional<Tree> tree;
  Answer fine = managed(request, tree);
  if (!fine) return fine;
  return page(request,
              {{{"Id", tree->root},
                {"Name", "Root"},
                {"Arn", fmt::format("arn:aws:organizations::{}:root/{}/{}", tree->management,
                                    tree->organization.value("Id", ""), tree->root)},
                {"PolicyTypes", Json::array()}}},
              "Roots", kPages);
}

// --- Accounts

Json account_view(const Tree& tree, const Json& account) {
  Json view = pick(account, {"Id", "Name", "Email", "Status", "JoinedMethod", "JoinedTimestamp"});
  view["Arn"] = fmt::format("arn:aws:organizations::{}:account/{}/{}", tree.management,
                            tree.organization.value("Id", ""), account.value("Id", ""));
  return view;
}

std::vector<Json> accounts_in(Request& request) {
  std::vector<Json> found;
  for (const std::string& id : request.state().accounts()) {
    if (const Json* account = request.state().find(account_key(id))) found.push_back(*account);
  }
  return found;
}

Answer list_accounts(Request& request) {
  std::optional<Tree> tree;
  Answer fine = managed(request, tree);
  if (!fine) return fine;
  std::vector<Json> found;
  for (const Json& account : accounts_in(request)) {
    if (!request.has("ParentId") || parent_of(*tree, account) == request.text("ParentId"))
      found.push_back(account_view(*tree, account));
  }
  return page(request, std::move(found), "Accounts", kPages);
}

AwsError no_account() {
  return {"AccountNotFoundException", "You specified an account that doesn't exist.", 400, Json::object()};
}

Answer describe_account(Request& request) {
  std::optional<Tree> tree;
  Answer fine = managed(request, tree);
  if (!fine) return fine;
  const Json* account = request.state().find(account_key(request.text("AccountId")));
  if (!account) return tl::unexpected(no_account());
  return Json{{"Account", account_view(*tree, *account)}};
}

// --- Units

Json unit_view(const Tree& tree, const Json& unit) {
  std::string id = unit.value("Id", "");
  return {{"Id", id},
          {"Name", unit.value("Name", "")},
          {"Arn",
           fmt::format("arn:aws:organizations::{}:ou/{}/{}", tree.management, tree.organization.value("Id", ""), id)}};
}

Check check_parent(Request& request, const Tree& tree, const std::string& id) {
  if (id == tree.root || request.state().find(unit_key(tree, id))) return {};
  return AwsError{"ParentNotFoundException", "You specified parent that doesn't exist.", 400, {}};
}

AwsError no_unit() {
  return {"OrganizationalUnitNotFoundException", "You specified an organizational unit that doesn't exist.", 400,
          Json::object()};
}

Answer unit_of(Request& request, std::optional<Tree>& tree) {
  Answer fine = managed(request, tree);
  if (!fine) return fine;
  const Json* unit = request.state().find(unit_key(*tree, request.text("OrganizationalUnitId")));
  if (!unit) return tl::unexpected(no_unit());
  return *unit;
}

Answer describe_unit(Request& request) {
  std::optional<Tree> tree;
  Answer unit = unit_of(request, tree);
  return unit ? Answer(Json{{"OrganizationalUnit", unit_view(*tree, *unit)}}) : unit;
}

Answer create_unit(Request& request) {
  std::optional<Tree> tree;
  Answer fine = managed(request, tree);
  if (!fine) return fine;
  if (Check wrong = check_parent(request, *tree, request.text("ParentId"))) return tl::unexpected(*wrong);
  for (const Json& other : request.all_global(kUnit)) {
    if (parent_of(*tree, other) == request.text("ParentId") && other.value("Name", "") == request.text("Name"))
      return error("DuplicateOrganizationalUnitException", "An OU with the same name already exists.");
  }
  std::string id = request.state().next_id("ou-" + tree->root.substr(2) + "-", 8);
  Json unit = {{"Id", id},
               {"Name", request.text("Name")},
               {"ParentId", request.text("ParentId")},
               {"Tags", sorted_tags(request.parameter("Tags"))}};
  request.put_global(kUnit, id, unit);
  return Json{{"OrganizationalUnit", unit_view(*tree, unit)}};
}

Answer update_unit(Request& request) {
  std::optional<Tree> tree;
  Answer unit = unit_of(request, tree);
  if (!unit) return unit;
  overlay(*unit, request, {"Name"});
  request.state().put(unit_key(*tree, unit->value("Id", "")), *unit);
  return Json{{"OrganizationalUnit", unit_view(*tree, *unit)}};
}

std::vector<Json> units_below(Request& request, const Tree& tree, const std::string& parent) {
  std::vector<Json> found;
  for (const Json& unit : request.all_global(kUnit)) {
    if (parent_of(tree, unit) == parent) found.push_back(unit);
  }
  return found;
}

Answer delete_unit(Request& request) {
  std::optional<Tree> tree;
  Answer unit = unit_of(request, tree);
  if (!unit) return unit;
  std::string id = unit->value("Id", "");
  std::vector<Json> accounts = accounts_in(request);
  bool holds = std::any_of(accounts.begin(), accounts.end(),
                           [&](const Json& account) { return parent_of(*tree, account) == id; });
  if (holds || !units_below(request, *tree, id).empty())
    return error("OrganizationalUnitNotEmptyException", "The specified OU is not empty.");
  request.state().erase(unit_key(*tree, id));
  return Json::object();
}

Answer list_units(Request& request) {
  std::optional<Tree> tree;
  Answer fine = managed(request, tree);
  if (!fine) return fine;
  if (Check wrong = check_parent(request, *tree, request.text("ParentId"))) return tl::unexpected(*wrong);
  std::vector<Json> found = units_below(request, *tree, request.text("ParentId"));
  for (Json& unit : found) unit = unit_view(*tree, unit);
  return page(request, std::move(found), "OrganizationalUnits", kPages);
}

// --- Up and down the tree

Json place_view(const Tree& tree, const std::string& id) {
  return {{"Id", id}, {"Type", id == tree.root ? "ROOT" : "ORGANIZATIONAL_UNIT"}};
}

Answer list_parents(Request& request) {
  std::optional<Tree> tree;
  Answer fine = managed(request, tree);
  if (!fine) return fine;
  std::string child = request.text("ChildId");
  const Json* document = request.state().find(child.starts_with("ou-") ? unit_key(*tree, child) : account_key(child));
  if (!document) return error("ChildNotFoundException", "You specified a child that doesn't exist.");
  return page(request, {place_view(*tree, parent_of(*tree, *document))}, "Parents", kPages);
}

Answer list_children(Request& request) {
  std::optional<Tree> tree;
  Answer fine = managed(request, tree);
  if (!fine) return fine;
  std::string parent = request.text("ParentId");
  if (Check wrong = check_parent(request, *tree, parent)) return tl::unexpected(*wrong);
  std::vector<Json> found;
  bool units = request.text("ChildType") == "ORGANIZATIONAL_UNIT";
  for (const Json& child : units ? units_below(request, *tree, parent) : accounts_in(request)) {
    if (parent_of(*tree, child) == parent) found.push_back({{"Id", child["Id"]}, {"Type", request.text("ChildType")}});
  }
  return page(request, std::move(found), "Children", kPages);
}

Answer move_account(Request& request) {
  std::optional<Tree> tree;
  Answer fine = managed(request, tree);
  if (!fine) return fine;
  const Json* found = request.state().find(account_key(request.text("AccountId")));
  if (!found) return tl::unexpected(no_account());
  Json account = *found;
  if (parent_of(*tree, account) != request.text("SourceParentId"))
    return error("SourceParentNotFoundException", "You specified source parent that doesn't exist.");
  if (check_parent(request, *tree, request.text("DestinationParentId")))
    return error("DestinationParentNotFoundException", "You specified destination parent that doesn't exist.");
  account["ParentId"] = request.text("DestinationParentId");
  request.state().put(account_key(request.text("AccountId")), std::move(account));
  return Json::object();
}

// --- Tags, of accounts and units

Answer change_tags(Request& request, const std::function<void(Json&)>& change) {
  std::optional<Tree> tree;
  Answer fine = managed(request, tree);
  if (!fine) return fine;
  std::string id = request.text("ResourceId");
  StateKey key = id.starts_with("ou-") ? unit_key(*tree, id) : account_key(id);
  const Json* found = request.state().find(key);
  if (!found) return error("TargetNotFoundException", "You specified a target that doesn't exist.");
  Json document = *found;
  change(document);
  request.state().put(key, document);
  return document;
}

Answer tag_target(Request& request) {
  Answer done = change_tags(request, [&](Json& document) { merge_tags(document, request.parameter("Tags")); });
  return done ? Answer(Json::object()) : done;
}
Answer untag_target(Request& request) {
  Answer done = change_tags(request, [&](Json& document) { remove_tags(document, request.parameter("TagKeys")); });
  return done ? Answer(Json::object()) : done;
}
Answer list_target_tags(Request& request) {
  Answer document = change_tags(request, [](Json&) {});
  if (!document) return document;
  return Json{{"Tags", base::member(*document, "Tags").is_array() ? (*document)["Tags"] : Json::array()}};
}

}  // namespace

std::vector<Operation> organizations_operations() {
  return {
      {"organizations", "CreateOrganization", Effect::write, create_organization},
      {"organizations", "DescribeOrganization", Effect::read, describe_organization},
      {"organizations", "ListRoots", Effect::read, list_roots},
      {"organizations", "ListAccounts", Effect::read, list_accounts},
      {"organizations", "ListAccountsForParent", Effect::read, list_accounts},
      {"organizations", "DescribeAccount", Effect::read, describe_account},
      {"organizations", "MoveAccount", Effect::write, move_account},
      {"organizations", "CreateOrganizationalUnit", Effect::write, create_unit},
      {"organizations", "DescribeOrganizationalUnit", Effect::read, describe_unit},
      {"organizations", "UpdateOrganizationalUnit", Effect::write, update_unit},
      {"organizations", "DeleteOrganizationalUnit", Effect::write, delete_unit},
      {"organizations", "ListOrganizationalUnitsForParent", Effect::read, list_units},
      {"organizations", "ListParents", Effect::read, list_parents},
      {"organizations", "ListChildren", Effect::read, list_children},
      {"organizations", "TagResource", Effect::write, tag_target},
      {"organizations", "UntagResource", Effect::write, untag_target},
      {"organizations", "ListTagsForResource", Effect::read, list_target_tags},
  };
}

}  // namespace setpoint::twin::services
