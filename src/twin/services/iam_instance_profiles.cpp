// Instance profiles: IAM's holders of one role, and what EC2 says of an instance that has one. Source: IAM and EC2 API
// references.
//
// An association has no document of its own: the instance carries its profile, and the association's id is the
// instance's with another prefix, so that one taken away and made again is the same.
#include <algorithm>

#include "twin/services/describe.h"
#include "twin/services/ec2.h"
#include "twin/services/iam.h"
#include "twin/services/record.h"
#include "twin/services/tables.h"

namespace setpoint::twin::services {

namespace {

constexpr Kind kProfile{.type = "AWS::IAM::InstanceProfile",
                        .id = "InstanceProfileName",
                        .missing = "NoSuchEntity",
                        .message = "Instance Profile {} cannot be found.",
                        .missing_status = 404,
                        .exists = "EntityAlreadyExists",
                        .exists_message = "Instance Profile {} already exists.",
                        .exists_status = 409,
                        .global = true};
constexpr const char* kInstance = "AWS::EC2::Instance";

Json profile_view(Request& request, const Json& profile) {
  Json out = profile, roles = Json::array();
  for (const Json& name : base::member(profile, "Roles")) {
    const Json* role = request.find_global(kRole.type, name.get<std::string>());
    if (role) roles.push_back(principal_view(*role));
  }
  out["Roles"] = roles;
  return out;
}

Answer create_profile(Request& request) {
  std::string name = request.text("InstanceProfileName"), path = request.has("Path") ? request.text("Path") : "/";
  Answer made = make(request, kProfile,
                     {{"InstanceProfileName", name},
                      {"Path", path},
                      {"InstanceProfileId", iam_id(request, "AIPA")},
                      {"Arn", request.global_arn("iam", "instance-profile" + path + name)},
                      {"CreateDate", request.now()},
                      {"Roles", Json::array()},
                      {"Tags", sorted_tags(request.parameter("Tags"))}});
  if (!made) return made;
  return Json{{"InstanceProfile", profile_view(request, *made)}};
}

Answer get_profile(Request& request) {
  Answer profile = find_named(request, kProfile);
  if (!profile) return profile;
  return Json{{"InstanceProfile", profile_view(request, *profile)}};
}

Answer delete_profile(Request& request) {
  Answer profile = find_named(request, kProfile);
  if (!profile) return profile;
  if (!(*profile)["Roles"].empty())
    return error("DeleteConflict", "Cannot delete entity, must remove roles from instance profile first.", 409);
  drop(request, kProfile, *profile);
  return Json::object();
}

Answer list_profiles(Request& request) {
  std::vector<Json> found = all_of(request, kProfile);
  for (Json& profile : found) profile = profile_view(request, profile);
  return iam_page(request, std::move(found), "InstanceProfiles");
}

Answer list_profiles_of_role(Request& request) {
  Answer role = principal_of(request, kRole);
  if (!role) return role;
  std::vector<Json> found = all_of(request, kProfile);
  std::erase_if(found, [&](const Json& profile) {
    const Json& roles = base::member(profile, "Roles");
    return std::find(roles.begin(), roles.end(), request.parameter("RoleName")) == roles.end();
  });
  for (Json& profile : found) profile = profile_view(request, profile);
  return iam_page(request, std::move(found), "InstanceProfiles");
}

Answer add_role(Request& request) {
  Answer profile = find_named(request, kProfile);
  if (!profile) return profile;
  Answer role = principal_of(request, kRole);
  if (!role) return role;
  if (!(*profile)["Roles"].empty())
    return error("LimitExceeded", "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1", 409);
  (*profile)["Roles"] = Json::array({request.text("RoleName")});
  keep(request, kProfile, *profile);
  return Json::object();
}

Answer remove_role(Request& request) {
  Answer profile = find_named(request, kProfile);
  if (!profile) return profile;
  if ((*profile)["Roles"] != Json::array({request.text("RoleName")}))
    return tl::unexpected(no_such_entity(
        fmt::format("The role with name {} cannot be found in the instance profile.", request.text("RoleName"))));
  (*profile)["Roles"] = Json::array();
  keep(request, kProfile, *profile);
  return Json::object();
}

// --- Associations

std::string association_id(const std::string& instance) {
  return "iip-assoc-" + instance.substr(instance.find('-') + 1);
}

Json association(const Json& instance, const char* state) {
  std::string id = instance.value("InstanceId", "");
  return {{"AssociationId", association_id(id)},
          {"InstanceId", id},
          {"IamInstanceProfile", base::member(instance, "IamInstanceProfile")},
          {"State", state}};
}

// By the Name or the Arn that the request gives.
Answer wanted_profile(Request& request) {
  const Json& wanted = request.parameter("IamInstanceProfile");
  std::string name = base::string_member(wanted, "Name"), arn = base::string_member(wanted, "Arn");
  if (name.empty()) name = arn.substr(arn.rfind('/') + 1);
  const Json* found = request.find_global(kProfile.type, name);
  if (!found)
    return error(
        "InvalidParameterValue",
        fmt::format("Value ({}) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile "
                    "name",
                    name));
  return Json{{"Arn", (*found)["Arn"]}, {"Id", (*found)["InstanceProfileId"]}};
}

Answer associate(Request& request, Json instance) {
  Answer profile = wanted_profile(request);
  if (!profile) return profile;
  instance["IamInstanceProfile"] = *profile;
  request.put(kInstance, instance.value("InstanceId", ""), instance);
  return Json{{"IamInstanceProfileAssociation", association(instance, "associating")}};
}

Answer associate_profile(Request& request) {
  Answer instance = ec2_named(request, "InstanceId");
  if (!instance) return instance;
  if (instance->contains("IamInstanceProfile"))
    return error("IncorrectState",
                 fmt::format("There is an existing association for instance {}", request.text("InstanceId")));
  return associate(request, *instance);
}

Answer associated_instance(Request& request) {
  std::string wanted = request.text("AssociationId");
  Answer out =
      error("InvalidAssociationID.NotFound", fmt::format("An invalid association-id of '{}' was given", wanted));
  request.each(kInstance, [&](const std::string& id, const Json& instance) {
    if (instance.contains("IamInstanceProfile") && association_id(id) == wanted) out = instance;
  });
  return out;
}

Answer replace_profile(Request& request) {
  Answer instance = associated_instance(request);
  if (!instance) return instance;
  return associate(request, *instance);
}

Answer disassociate_profile(Request& request) {
  Answer instance = associated_instance(request);
  if (!instance) return instance;
  Json gone = association(*instance, "disassociating");
  instance->erase("IamInstanceProfile");
  request.put(kInstance, instance->value("InstanceId", ""), *instance);
  return Json{{"IamInstanceProfileAssociation", gone}};
}

Answer describe_associations(Request& request) {
  static const std::vector<FilterField> kFilters = {{"instance-id", "InstanceId"}, {"state", "State"}};
  std::vector<Json> found;
  request.each(kInstance, [&](const std::string&, const Json& instance) {
    if (instance.contains("IamInstanceProfile")) found.push_back(association(instance, "associated"));
  });
  const Json& ids = request.parameter("AssociationIds");
  if (!ids.empty())
    std::erase_if(
        found, [&](const Json& each) { return std::find(ids.begin(), ids.end(), each["AssociationId"]) == ids.end(); });
  if (Check wrong = keep_matching(found, request.parameter("Filters"), kFilters)) return tl::unexpected(*wrong);
  return ec2_page(request, std::move(found), "IamInstanceProfileAssociations", 5);
}

}  // namespace

std::vector<Operation> instance_profile_operations() {
  return {
      {"iam", "CreateInstanceProfile", Effect::write, create_profile},
      {"iam", "GetInstanceProfile", Effect::read, get_profile},
      {"iam", "DeleteInstanceProfile", Effect::write, delete_profile},
      {"iam", "ListInstanceProfiles", Effect::read, list_profiles},
      {"iam", "ListInstanceProfilesForRole", Effect::read, list_profiles_of_role},
      {"iam", "AddRoleToInstanceProfile", Effect::write, add_role},
      {"iam", "RemoveRoleFromInstanceProfile", Effect::write, remove_role},
      {"ec2", "AssociateIamInstanceProfile", Effect::write, associate_profile},
      {"ec2", "ReplaceIamInstanceProfileAssociation", Effect::write, replace_profile},
      {"ec2", "DisassociateIamInstanceProfile", Effect::write, disassociate_profile},
      {"ec2", "DescribeIamInstanceProfileAssociations", Effect::read, describe_associations},
  };
}

}  // namespace setpoint::twin::services
