using ProbNet.Graph;
using ProbNet.Language.Elaboration;

namespace ProbNet.Inference.Curvature;

/// <summary>Finds the last linear layer of a model: the weights whose product meets no other product on its way to the likelihood, and what is added to it.</summary>
internal static class LastLayer
{
    /// <summary>The sites of the last layer in model order; none where no site is the weights of a linear map.</summary>
    public static EqArray<Site> Of(CurvaturePlan plan)
    {
        Tensor[] roots = [.. plan.Chunk.Likelihood.SelectMany(a => a.Parts.Select(p => a.Site.Distribution.Arguments[p.Index]))];
        var nodes = Topology.Sort(roots);
        var users = new Dictionary<Tensor, List<Tensor>>(ReferenceEqualityComparer.Instance);
        foreach (var node in nodes)
        {
            foreach (var operand in node.Inputs.Distinct())
            {
                if (!users.TryGetValue(operand, out var list)) users[operand] = list = [];
                list.Add(node);
            }
        }
        var found = new HashSet<Tensor>(ReferenceEqualityComparer.Instance);
        foreach (var site in plan.Chunk.Latent)
        {
            if (plan.Uses[site.Name].Use is not { } use || MeetsAnotherProduct(use.Product, users)) continue;
            found.Add(site.Value);
            Added(use.Product, users, found);
        }
        return plan.Chunk.Latent.Where(s => found.Contains(s.Value)).ToEqArray();
    }

    private static bool MeetsAnotherProduct(Tensor product, Dictionary<Tensor, List<Tensor>> users)
    {
        var (seen, open) = (new HashSet<Tensor>(ReferenceEqualityComparer.Instance), new Stack<Tensor>([product]));
        while (open.TryPop(out var node))
        {
            foreach (var user in users.GetValueOrDefault(node) ?? [])
            {
                if (user.Op is OpCode.MatMul or OpCode.Scan) return true;
                if (seen.Add(user)) open.Push(user);
            }
        }
        return false;
    }

    // What is added to the product before anything is done with it that is not linear.
    private static void Added(Tensor product, Dictionary<Tensor, List<Tensor>> users, HashSet<Tensor> found)
    {
        var open = new Stack<Tensor>([product]);
        while (open.TryPop(out var node))
        {
            foreach (var user in users.GetValueOrDefault(node) ?? [])
            {
                if (user.Op is OpCode.Add or OpCode.Sub)
                {
                    foreach (var other in user.Inputs.Where(i => !ReferenceEquals(i, node))) if (Moved(other) is { } hole) found.Add(hole);
                }
                else if (user.Op is not (OpCode.Reshape or OpCode.Transpose or OpCode.Slice or OpCode.Neg or OpCode.Concat)) continue;
                open.Push(user);
            }
        }
    }

    // The input that an expression does nothing with but move or repeat it.
    private static Tensor? Moved(Tensor node)
    {
        while (node.Op is OpCode.Reshape or OpCode.Transpose or OpCode.Slice or OpCode.Broadcast or OpCode.Neg) node = node.Inputs[0];
        return node.Op == OpCode.Input ? node : null;
    }
}
