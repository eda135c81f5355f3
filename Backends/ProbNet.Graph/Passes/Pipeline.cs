using System.Collections.Immutable;

namespace ProbNet.Graph;

/// <summary>
/// What is done to a graph between differentiation and compilation. Rewrites keep every value including infinities and NaN; the licences taken are the
/// sign of a zero (x + 0 is x) and the last bits of sums that are regrouped. x * 0, x - x and x / x stay, being NaN for some x.
/// Unused nodes vanish without a pass: a graph's nodes are those that its outputs need.
/// </summary>
public static class Pipeline
{
    /// <summary>Replaces the nodes that only stop gradients by their operands.</summary>
    public static Pass Gradients { get; } = new("stopped gradients", "optimised graphs are not differentiated again, and the identity hides equal expressions",
        graph => Rewriting.Everywhere(graph, DropStopGradient));

    /// <summary>Merges equal expressions.</summary>
    public static Pass Cse { get; } = new("common subexpressions", "differentiation repeats itself: merging first makes the rewrites cheaper", CommonSubexpressions.Run);

    /// <summary>Evaluates expressions of literals.</summary>
    public static Pass Fold { get; } = new("constants", "literals decide which algebraic rules apply", graph => Rewriting.Everywhere(graph, Folding.Rewrite));

    /// <summary>Applies the rows' algebraic rules.</summary>
    public static Pass Simplify { get; } = new("algebra", "fewer and cheaper nodes", graph => Rewriting.Everywhere(graph, Row));

    /// <summary>Computes before repeating.</summary>
    public static Pass Later { get; } = new("broadcast later", "work on the small shape", graph => Rewriting.Everywhere(graph, BroadcastLater.Rewrite));

    /// <summary>All local rewrites together, to the point where none applies.</summary>
    public static Pass Local { get; } = new("local rewrites", "constants, algebra and later broadcasts enable one another, so they run together at each node",
        graph => Rewriting.Everywhere(graph, DropStopGradient, Folding.Rewrite, Row, BroadcastLater.Rewrite));

    /// <summary>Merges loops that run over the same carries, and drops, moves out and optimises what is in their bodies.</summary>
    public static Pass LoopNests { get; } = new("loops", "equal operands are one node by now, and what leaves a body joins the rewrites that follow",
        graph => LoopBodies.Run(LoopMerging.Run(graph)), Idempotent: false);

    /// <summary>The passes of <see cref="Optimize"/> in order.</summary>
    public static ImmutableArray<Pass> Default { get; } =
    [
        Cse,
        LoopNests,
        Local,
        Cse with { Reason = "rewrites bring different expressions to one form" },
    ];

    /// <summary>
    /// The graph after the <see cref="Default"/> passes, repeated until nothing changes (at most four rounds). The result computes the same values and is
    /// meant for a backend: gradients that were stopped no longer are.
    /// </summary>
    /// <param name="graph">The graph.</param>
    /// <param name="verifyEach">Whether to verify after every pass and not only at the end.</param>
    /// <exception cref="InvalidOperationException">A pass broke the graph; the message names it.</exception>
    public static TensorGraph Optimize(TensorGraph graph, bool verifyEach = false)
    {
        var current = graph;
        for (var round = 0; round < 4; round++)
        {
            var before = current;
            foreach (var pass in Default)
            {
                current = pass.Run(current);
                if (verifyEach) Verify.Require(current, pass.Name);
            }
            if (ReferenceEquals(before, current)) break;
        }
        if (!verifyEach) Verify.Require(current, "optimisation");
        return current;
    }

    private static Tensor? Row(Tensor node) => OpTable.Rule(node.Op).Simplify(node);

    private static Tensor? DropStopGradient(Tensor node) => node.Op == OpCode.StopGradient ? node.Inputs[0] : null;
}
