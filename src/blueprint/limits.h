// Limits of what is read before it is deployed.
#pragma once

#include <cstddef>

namespace setpoint::blueprint {

inline constexpr std::size_t kPlanBytesMax = 256u << 20;  // `terraform show -json`
inline constexpr std::size_t kResourcesMax = 20'000;      // of one file
inline constexpr std::size_t kIntrinsicDepthMax = 64;     // functions and conditions inside each other
inline constexpr std::size_t kTextBytesMax = 1u << 20;    // what Fn::Sub and Fn::Join make

}  // namespace setpoint::blueprint
