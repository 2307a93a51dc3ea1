// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {IERC721Metadata} from "@openzeppelin/contracts/token/ERC721/extensions/IERC721Metadata.sol";
import {IERC721Receiver} from "@openzeppelin/contracts/token/ERC721/IERC721Receiver.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

/// A well-behaved ERC-721 for the local chain; its first owner mints.
/// OpenZeppelin's own ERC721 compiles for Cancun alone, which not every local node runs.
contract LocalCollection is IERC721Metadata {
    string public name;
    string public symbol;
    address public immutable minter = msg.sender;
    mapping(address => uint256) public balanceOf;
    mapping(address => mapping(address => bool)) public isApprovedForAll;
    mapping(uint256 => address) private owners;
    mapping(uint256 => address) private approvals;

    constructor(string memory name_, string memory symbol_) {
        name = name_;
        symbol = symbol_;
    }

    function mint(address to, uint256 id) external {
        require(msg.sender == minter, "not the minter");
        require(owners[id] == address(0), "minted already");
        require(to != address(0), "mint to zero");
        move(address(0), to, id);
    }

    function approve(address to, uint256 id) external {
        address owner = ownerOf(id);
        require(msg.sender == owner || isApprovedForAll[owner][msg.sender], "not the owner");
        approvals[id] = to;
        emit Approval(owner, to, id);
    }

    function setApprovalForAll(address operator, bool approved) external {
        isApprovedForAll[msg.sender][operator] = approved;
        emit ApprovalForAll(msg.sender, operator, approved);
    }

    function safeTransferFrom(address from, address to, uint256 id) external {
        safeTransferFrom(from, to, id, "");
    }

    function ownerOf(uint256 id) public view returns (address owner) {
        owner = owners[id];
        require(owner != address(0), "no such token");
    }

    function getApproved(uint256 id) public view returns (address) {
        ownerOf(id);
        return approvals[id];
    }

    function tokenURI(uint256 id) external view returns (string memory) {
        ownerOf(id);
        return "";
    }

    function supportsInterface(bytes4 id) external pure returns (bool) {
        return id == type(IERC721).interfaceId || id == type(IERC721Metadata).interfaceId || id == type(IERC165).interfaceId;
    }

    function safeTransferFrom(address from, address to, uint256 id, bytes memory data) public {
        transferFrom(from, to, id);
        if (to.code.length > 0) {
            bytes4 answer = IERC721Receiver(to).onERC721Received(msg.sender, from, id, data);
            require(answer == IERC721Receiver.onERC721Received.selector, "not received");
        }
    }

    function transferFrom(address from, address to, uint256 id) public {
        address owner = ownerOf(id);
        require(from == owner && to != address(0), "not the owner, or to zero");
        require(
            msg.sender == owner || approvals[id] == msg.sender || isApprovedForAll[owner][msg.sender], "not approved"
        );
        delete approvals[id];
        balanceOf[from] -= 1;
        move(from, to, id);
    }

    function move(address from, address to, uint256 id) private {
        balanceOf[to] += 1;
        owners[id] = to;
        emit Transfer(from, to, id);
    }
}
