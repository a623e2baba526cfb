// Placeholder - until the first test lands.
// SPDX-License-Identifier: Apache-2.0
