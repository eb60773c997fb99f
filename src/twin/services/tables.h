// The tables of operations, one function a source file of this folder; service.h joins them.
#pragma once

#include <vector>

#include "twin/service.h"

namespace setpoint::twin::services {

std::vector<Operation> ec2_security_group_operations();
std::vector<Operation> ec2_tag_operations();

using Table = std::vector<Operation> (*)();
std::vector<Table> tables();

}  // namespace setpoint::twin::services
