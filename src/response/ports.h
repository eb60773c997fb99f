// What response needs of its neighbours and must not include: the standards' judgement, the stored plans and runs, the
// runbooks by name, the stop of a person, locks. engine/ and app/ implement these over the folders that own them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/plan.h"
#include "model/resource.h"
#include "model/verdict.h"
#include "runbook/document.h"

namespace setpoint::response {

struct ControlJudgement {
  std::string control;
  model::Judgement judgement;
};

// Every control that applies to a resource's type. Thread-safe.
class Judge {
 public:
  virtual ~Judge() = default;
  virtual std::vector<ControlJudgement> judge(const model::Resource& resource) const = 0;
};

// Documents as they were last committed through the journal (journal::DocumentWrite). Thread-safe.
struct StoredDocument {
  base::Json body;
  std::uint64_t version = 0;  // for DocumentWrite::expected_version
};
class Records {
 public:
  virtual ~Records() = default;
  virtual base::Result<std::optional<StoredDocument>> get(const std::string& space, const std::string& key) const = 0;
  // In order of keys; `prefix` may be "".
  virtual base::Result<std::vector<std::pair<std::string, StoredDocument>>> list(const std::string& space,
                                                                                 const std::string& prefix) const = 0;
  virtual base::Result<std::vector<std::pair<std::string, StoredDocument>>> find(const std::string& space,
                                                                                 const std::string& index,
                                                                                 const std::string& value) const = 0;
};

// Of a runbook whose effect must not outlast a time (containment.h).
struct ContainmentTerms {
  std::string expires;                     // the parameter that says until when
  std::string resource_type;               // "AWS::EC2::Instance"
  std::string resource_name;               // its id or name, with references
  std::string release;                     // the runbook that takes it back
  base::Json with = base::Json::object();  // the parameters of that, with references
  bool operator==(const ContainmentTerms&) const = default;
};

// Runbooks by name. Thread-safe.
class Library {
 public:
  virtual ~Library() = default;
  virtual base::Result<runbook::Document> document(const std::string& name) const = 0;
  // nullopt for what is no containment.
  virtual base::Result<std::optional<ContainmentTerms>> containment(const std::string& /*name*/) const {
    return std::optional<ContainmentTerms>();
  }
};

// Asked before every changing call. A reason means: send nothing more.
class StopSwitch {
 public:
  virtual ~StopSwitch() = default;
  virtual std::optional<std::string> stopped() const = 0;
};

// Held as long as it lives; its lease is renewed meanwhile.
class HeldLock {
 public:
  virtual ~HeldLock() = default;
};

// Thread-safe.
class Locks {
 public:
  virtual ~Locks() = default;
  // All of the names or none. conflict, with the holder's name, where another holds one of them. The same holder gets
  // again what it holds: after a crash, say.
  virtual base::Result<std::unique_ptr<HeldLock>> hold(std::vector<std::string> names, const std::string& holder) = 0;
  // For this process alone: that of a process that is gone from this machine is taken over at once.
  virtual base::Result<std::unique_ptr<HeldLock>> hold_for_process(const std::string& name) = 0;
};

}  // namespace setpoint::response
