// Compiles every .sol file of this folder and prints {"<Contract>": {"abi", "bytecode", "runtime"}} on stdout.
// Usage: node compile.cjs NODE_MODULES
"use strict";
const fs = require("fs");
const path = require("path");

const modules = path.resolve(process.argv[2]);
const solc = require(path.join(modules, "solc"));

const names = fs.readdirSync(__dirname).filter((name) => name.endsWith(".sol")).sort();
const sources = Object.fromEntries(names.map((name) => [name, { content: fs.readFileSync(path.join(__dirname, name), "utf8") }]));
const settings = {
  evmVersion: "shanghai",
  optimizer: { enabled: true, runs: 200 },
  // Without metadata the code depends on the sources alone, so that its hash can be pinned.
  metadata: { appendCBOR: false, bytecodeHash: "none" },
  outputSelection: { "*": { "*": ["abi", "evm.bytecode.object", "evm.deployedBytecode.object"] } },
};

function read(name) {
  try {
    return { contents: fs.readFileSync(path.join(modules, name), "utf8") };
  } catch (error) {
    return { error: error.message };
  }
}

const input = JSON.stringify({ language: "Solidity", sources, settings });
const output = JSON.parse(solc.compile(input, { import: read }));
const errors = (output.errors || []).filter((problem) => problem.severity === "error");
if (errors.length > 0) {
  process.stderr.write(errors.map((problem) => problem.formattedMessage).join("\n"));
  process.exit(1);
}

const compiled = {};
for (const name of names) {
  for (const [contract, made] of Object.entries(output.contracts[name])) {
    const { bytecode, deployedBytecode } = made.evm;
    compiled[contract] = { abi: made.abi, bytecode: "0x" + bytecode.object, runtime: "0x" + deployedBytecode.object };
  }
}
process.stdout.write(JSON.stringify(compiled));
