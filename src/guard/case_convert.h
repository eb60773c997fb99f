// The seven spellings under which cfn-guard looks for a key that is absent as written: bucketName for BucketName and so
// on. They follow the Rust crate Inflector 0.11, quirks included (Class case makes the last word singular; digits start
// words). Characters beyond ASCII count as letters without case.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace setpoint::guard {

std::string to_camel_case(std::string_view key);   // fooBar
std::string to_class_case(std::string_view key);   // FooBar, last word singular
std::string to_kebab_case(std::string_view key);   // foo-bar
std::string to_pascal_case(std::string_view key);  // FooBar
std::string to_snake_case(std::string_view key);   // foo_bar
std::string to_title_case(std::string_view key);   // Foo Bar
std::string to_train_case(std::string_view key);   // Foo-Bar

// All of them, in the order they are tried.
std::array<std::string, 7> spellings(std::string_view key);

}  // namespace setpoint::guard
