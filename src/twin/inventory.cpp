#include "twin/inventory.h"

#include <algorithm>
#include <set>

#include "cloud/aws/config_item.h"
#include "twin/composed_items.h"
#include "twin/resource_types.h"

namespace setpoint::twin {

namespace aws = cloud::aws;
using base::Json;

namespace {

using Documents = std::vector<std::pair<StateKey, Json>>;

base::Result<Documents> documents_of(const model::Resource& resource) {
  const model::ResourceKey& key = resource.key;
  if (resource.knowledge != model::Knowledge::known) {
    return base::fail(base::ErrorCode::invalid_input, "its state is {}", model::to_string(resource.knowledge));
  }
  TRY(Json api, aws::from_configuration_item(resource.item));
  if (key.type == kAccountType) return documents_of_account({key.account, key.region, key.type, key.id}, api);
  if (key.type == "AWS::EC2::VPC") api.erase("FlowLogs");  // they have items of their own
  TRY(auto document, document_from_api(key.account, key.region, key.type, std::move(api)));
  // AWS Config does not carry the ids of a group's rules: those that the twin makes up are not the real ones.
  if (key.type == "AWS::EC2::SecurityGroup") document.second["RuleIdsDerived"] = true;
  return Documents{std::move(document)};
}

// What the twin keeps beside a describe's own members, and no reading of the resource shows; "" = left out.
struct OwnMember {
  std::string_view type;
  const char* kept;  // in the item's configuration
  const char* shown;
};
constexpr OwnMember kOwnMembers[] = {{"AWS::EC2::VPC", "attributes", ""},
                                     {"AWS::EC2::Instance", "attributes", ""},
                                     {"AWS::CloudTrail::Trail", "tags", ""},
                                     {"AWS::Logs::LogGroup", "MetricFilters", ""},
                                     {"AWS::Logs::LogGroup", "Tags", ""},
                                     {"AWS::SecretsManager::Secret", "Versions", ""},
                                     {"AWS::CodeBuild::Project", "Tags", ""},
                                     {"AWS::RDS::DBInstance", "tags", "tagList"},
                                     {"AWS::RDS::DBCluster", "tags", "tagList"},
                                     {"AWS::RDS::DBSnapshot", "tags", "tagList"},
                                     {"AWS::RDS::DBClusterSnapshot", "tags", "tagList"}};

void show_as_described(std::string_view type, Json& configuration) {
  for (const OwnMember& member : kOwnMembers) {
    if (member.type != type || !configuration.contains(member.kept)) continue;
    if (*member.shown != '\0') configuration[member.shown] = configuration[member.kept];
    configuration.erase(member.kept);
  }
}

model::Resource gone(const model::Resource& other) {
  model::Resource out;
  out.key = other.key;
  out.arn = other.arn;
  out.knowledge = model::Knowledge::deleted;
  out.captured_at = other.captured_at;
  out.source = other.source;
  return out;
}

}  // namespace

Loaded load(const std::vector<model::Resource>& resources, std::uint64_t id_seed) {
  Loaded out{State(id_seed), {}};
  std::vector<std::pair<StateKey, Json>> documents;
  documents.reserve(resources.size());
  for (const model::Resource& resource : resources) {
    base::Result<Documents> read = documents_of(resource);
    if (!read) {
      out.left_out.push_back({resource.key, read.error().text()});
      continue;
    }
    // What an account's item says yields to items of the same documents.
    bool of_account = resource.key.type == kAccountType;
    documents.insert(of_account ? documents.begin() : documents.end(), std::make_move_iterator(read->begin()),
                     std::make_move_iterator(read->end()));
  }
  out.state.put_all(std::move(documents));
  return out;
}

model::Resource render(const State& state, const StateKey& key, base::Timestamp captured_at) {
  std::optional<Json> object = item_object(state, key);
  SETPOINT_ASSERT(object);
  model::Resource out = aws::to_configuration_item(key.type, *object, {key.account, key.region, captured_at, "twin"});
  show_as_described(key.type, out.item["configuration"]);
  // A type that AWS Config does not know keeps the twin's own id (an access key's).
  if (out.key.id.empty()) out.key.id = key.id;
  return out;
}

std::optional<StateKey> find_document(const State& state, const model::ResourceKey& key) {
  const ResourceType* type = find_resource_type(key.type);
  std::string region = type && type->global ? "global" : key.region;
  StateKey direct{key.account, region, key.type, key.id};
  if (item_object(state, direct)) return direct;
  // Where AWS Config has another id than the API's name: IAM, RDS, queues, secrets.
  std::optional<StateKey> found;
  state.each(key.account, region, key.type, [&](const std::string& id, const Json&) {
    StateKey candidate{key.account, region, key.type, id};
    if (!found && render(state, candidate, {}).key.id == key.id) found = candidate;
  });
  return found;
}

model::Resource render(const State& state, const model::ResourceKey& key, base::Timestamp captured_at) {
  if (std::optional<StateKey> found = find_document(state, key)) return render(state, *found, captured_at);
  model::Resource other;
  other.key = key;
  other.captured_at = captured_at;
  other.source = "twin";
  return gone(other);
}

std::vector<model::ResourceKey> changed_resources(const State& before, const State& after) {
  std::vector<model::ResourceKey> out;
  for (const ResourcePair& pair : rendered_changes(before, after, {})) out.push_back(pair.after.key);
  std::sort(out.begin(), out.end());
  return out;
}

bool shows_in_items(const State& state, const StateKey& key) {
  const Json* document = state.find(key);
  return document && !items_showing(state, key, *document).empty();
}

std::vector<ResourcePair> rendered_changes(const State& before, const State& after, base::Timestamp captured_at) {
  std::set<StateKey> touched;
  for (const StateKey& key : changed(before, after)) {
    for (const State* side : {&before, &after}) {
      const Json* document = side->find(key);
      if (!document) continue;
      for (StateKey& item : items_showing(*side, key, *document)) touched.insert(std::move(item));
    }
  }
  std::vector<ResourcePair> out;
  for (const StateKey& key : touched) {
    bool was = item_object(before, key).has_value(), is = item_object(after, key).has_value();
    ResourcePair pair;
    if (was) pair.before = render(before, key, captured_at);
    if (is) pair.after = render(after, key, captured_at);
    if (!was) pair.before = gone(pair.after);
    if (!is) pair.after = gone(pair.before);
    out.push_back(std::move(pair));
  }
  return out;
}

std::vector<model::Resource> render_all(const State& state, base::Timestamp captured_at) {
  std::vector<model::Resource> out;
  state.each([&](const StateKey& key, const Json&) {
    if (find_resource_type(key.type)) out.push_back(render(state, key, captured_at));
  });
  for (const StateKey& key : account_items(state)) out.push_back(render(state, key, captured_at));
  return out;
}

}  // namespace setpoint::twin
