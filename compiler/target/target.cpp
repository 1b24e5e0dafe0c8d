#include "compiler/target/target.h"

#include <cpuid.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace dlc {

namespace {

/// Does a 512-bit instruction take two passes? Leaf 0x8000001A tells the width of the data path (bit 2: 256
/// bits, bit 3: 512); where it is absent the path is as wide as the registers.
bool splits_512() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (__get_cpuid(0x8000001AU, &a, &b, &c, &d) == 0) return false;
  return (a & 4U) != 0 && (a & 8U) == 0;
}

/// The processors that the control group's quota comes to, rounded up; 0 if there is none.
unsigned quota() {
  std::FILE* file = std::fopen("/sys/fs/cgroup/cpu.max", "r");
  if (file == nullptr) return 0;
  double allowed = 0;
  double period = 0;
  const int read = std::fscanf(file, "%lf %lf", &allowed, &period);
  std::fclose(file);
  return read == 2 && period > 0 ? static_cast<unsigned>(std::ceil(allowed / period)) : 0;
}

unsigned usable_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  const int count = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
  const unsigned cores = std::max(1U, static_cast<unsigned>(count));
  const unsigned limit = quota();
  return limit == 0 ? cores : std::min(cores, limit);
}

CacheSizes cache_sizes() {
  CacheSizes sizes;
  const auto take = [](int name, std::int64_t& into) {
    const long value = sysconf(name);
    if (value > 0) into = value;
  };
  take(_SC_LEVEL1_DCACHE_SIZE, sizes.first);
  take(_SC_LEVEL2_CACHE_SIZE, sizes.second);
  take(_SC_LEVEL3_CACHE_SIZE, sizes.third);
  take(_SC_LEVEL1_DCACHE_LINESIZE, sizes.line);
  std::int64_t ways = 8;
  take(_SC_LEVEL1_DCACHE_ASSOC, ways);
  sizes.first_sets = std::max<std::int64_t>(1, sizes.first / (sizes.line * ways));
  return sizes;
}

}  // namespace

std::vector<std::string> host_instructions() {
  __builtin_cpu_init();
  std::vector<std::string> names;
  const bool avx2 =
      __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
  if (avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq")) {
    names.emplace_back("avx512");
  }
  if (avx2) names.emplace_back("avx2");
  names.emplace_back("sse2");
  return names;
}

std::optional<Target> host_target(std::string_view instructions) {
  const std::vector<std::string> names = host_instructions();
  const auto found =
      instructions.empty() ? names.begin() : std::find(names.begin(), names.end(), instructions);
  if (found == names.end()) return std::nullopt;
  Target target;
  target.name = *found;
  target.caches = cache_sizes();
  target.cores = usable_cores();
  target.multiply_add = target.name != "sse2";
  if (target.name == "avx512") {
    const bool split = splits_512();
    target.widths.push_back({512, 32, split ? 1.0 : 2.0, split ? 1.0 : 2.0});
    // Half the width at the same rate of multiply-adds: worth a try where lanes would be empty.
    target.widths.push_back({256, 32, 2, 2});
  } else if (target.name == "avx2") {
    target.widths.push_back({256, 16, 2, 2});
  } else {
    target.widths.push_back({128, 16, 2, 2});
  }
  return target;
}

}  // namespace dlc
