using ProbNet.Graph;

namespace ProbNet.Inference.Estimators;

/// <summary>Rebuilds expressions from the leaves up with some nodes replaced. Unlike plain substitution, a replacement is made from rewritten operands.</summary>
internal sealed class Rewriter
{
    private readonly Dictionary<Tensor, Tensor> _rewritten = new(ReferenceEqualityComparer.Instance);
    private readonly IReadOnlyDictionary<Tensor, Func<Rewriter, Tensor>> _rules;

    private Rewriter(IReadOnlyDictionary<Tensor, Func<Rewriter, Tensor>> rules) => _rules = rules;

    /// <summary>The rewritten form of a node that comes before the one being replaced.</summary>
    public Tensor this[Tensor node] => _rewritten[node];

    /// <summary>The expressions with every node that has a rule replaced by what the rule makes; other nodes keep their origins.</summary>
    /// <param name="roots">The expressions.</param>
    /// <param name="rules">Node → its replacement, given the rewriter, which knows the rewritten forms of all the node's operands.</param>
    public static Tensor[] Apply(IReadOnlyList<Tensor> roots, IReadOnlyDictionary<Tensor, Func<Rewriter, Tensor>> rules)
    {
        var rewriter = new Rewriter(rules);
        foreach (var node in Topology.Sort(roots)) rewriter._rewritten[node] = rewriter.Rewrite(node);
        return [.. roots.Select(r => rewriter._rewritten[r])];
    }

    private Tensor Rewrite(Tensor node)
    {
        if (_rules.TryGetValue(node, out var rule)) return rule(this);
        var changed = false;
        var inputs = node.Inputs;
        for (var i = 0; i < inputs.Length; i++)
        {
            var input = _rewritten[inputs[i]];
            if (ReferenceEquals(input, inputs[i])) continue;
            if (!changed) (inputs, changed) = ([.. inputs], true);
            inputs = inputs.SetItem(i, input);
        }
        return changed ? Tensor.Create(node.Op, inputs, node.Attributes, node.Origin) : node;
    }
}
