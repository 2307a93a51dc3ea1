// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// A price feed in the shape of Chainlink's AggregatorV3Interface whose answer its owner sets.
contract PriceFeed {
    struct Round {
        int256 answer;
        uint256 updatedAt;
    }

    address public immutable owner = msg.sender;
    uint8 public immutable decimals;
    uint256 public constant version = 4;
    string public description;
    uint80 private latest;
    mapping(uint80 => Round) private rounds;

    event AnswerUpdated(int256 indexed current, uint256 indexed roundId, uint256 updatedAt);

    constructor(string memory description_, uint8 decimals_, int256 answer) {
        description = description_;
        decimals = decimals_;
        record(answer, block.timestamp);
    }

    /// The next round, seen now.
    function setAnswer(int256 answer) external {
        setRound(answer, block.timestamp);
    }

    /// The next round, seen at `updatedAt`: how a stale answer is made.
    function setRound(int256 answer, uint256 updatedAt) public {
        require(msg.sender == owner, "not the owner");
        record(answer, updatedAt);
    }

    function getRoundData(uint80 roundId) public view returns (uint80, int256, uint256, uint256, uint80) {
        Round memory round = rounds[roundId];
        require(round.updatedAt != 0, "No data present");
        return (roundId, round.answer, round.updatedAt, round.updatedAt, roundId);
    }

    function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80) {
        return getRoundData(latest);
    }

    function latestAnswer() external view returns (int256) {
        return rounds[latest].answer;
    }

    function record(int256 answer, uint256 updatedAt) private {
        rounds[++latest] = Round(answer, updatedAt);
        emit AnswerUpdated(answer, latest, updatedAt);
    }
}
