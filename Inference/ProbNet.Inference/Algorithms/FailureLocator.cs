using ProbNet.Graph;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Objectives;

namespace ProbNet.Inference.Algorithms;

/// <summary>Finds where a step stopped being finite, by evaluating it again, operation by operation, from the state before it.</summary>
internal static class FailureLocator
{
    /// <summary>The failure of the step that these inputs produce.</summary>
    public static NumericalFailure Find(StepGraph step, GuidePlan guide, EqArray<HostTensor> inputs, int epoch, long number)
    {
        for (var member = 0; member < (step.Members ?? 0); member++)
        {
            if (Search(step.Elbo, guide, MembersStep.InputsOf(step, inputs, member), epoch, number) is { } failure) return failure with { Member = member + 1 };
        }
        EqArray<HostTensor> own = [.. inputs.Take(step.ParameterCount), inputs[step.SeedInput], inputs[step.StepInput], .. inputs.Skip(step.BatchInput)];
        return (step.Members is null ? Search(step.Elbo, guide, own, epoch, number) : null)
            // The reference finds nothing: the numbers overflowed only in the backend's order of summation.
            ?? new(null, "", "the sum of the objective or of its gradients", epoch, number, "compute in double precision, or lower the step size");
    }

    // The first operation of the objective, or of its gradients, that is not finite, given the objective's inputs in order.
    private static NumericalFailure? Search(Elbo elbo, GuidePlan guide, EqArray<HostTensor> inputs, int epoch, long number)
    {
        EqArray<(string Name, Tensor Value)> values = [.. elbo.LikelihoodBySite, .. elbo.KlBySite];
        if (Reference.FirstNonFinite(new TensorGraph(elbo.Inputs, values), inputs) is { } forward)
        {
            var node = forward.Node;
            var site = node.Origin?.Site ?? SiteOf(node, values, elbo);
            return new(site, PlaceOf(node, site, elbo), Describe(node), epoch, number, Hint(node, inputs, elbo, guide));
        }
        var loss = elbo.Value;
        var gradients = Vjp.Gradients(loss, [.. elbo.Parameters]);
        for (var i = 0; i < gradients.Length; i++)
        {
            if (Reference.FirstNonFinite(new TensorGraph(elbo.Inputs, [("gradient", gradients[i])]), inputs) is not { } backward) continue;
            var site = backward.Node.Origin?.Site ?? guide.Parameters[i].Sites[0];
            return new(site, PlaceOf(backward.Node, site, elbo), $"the gradient through {Describe(backward.Node)}", epoch, number,
                "lower the step size, or limit gradients with clip = 1.0");
        }
        return null;
    }

    // The only site whose term needs the node, if there is only one; a joint guide's term belongs to no single site.
    private static string? SiteOf(Tensor node, EqArray<(string Name, Tensor Value)> values, Elbo elbo)
    {
        var needing = values.Where(v => Topology.Sort([v.Value]).Any(n => ReferenceEquals(n, node))).Select(v => v.Name).ToArray();
        return needing is [var only] && elbo.Origins.Any(o => o.Site == only) ? only : null;
    }

    private static string PlaceOf(Tensor node, string? site, Elbo elbo) =>
        node.Origin is { Location.Length: > 0 } origin ? origin.Location : elbo.Origins.FirstOrDefault(o => o.Site == site)?.Location ?? "";

    private static string Describe(Tensor node) => node.Op switch
    {
        OpCode.Input => "an input",
        OpCode.Log => "the logarithm",
        OpCode.Exp => "the exponential",
        OpCode.Div => "the quotient",
        OpCode.Select => "the density",
        OpCode.MatMul => "the matrix product",
        _ => $"the operation {node.Op.ToString().ToLowerInvariant()}",
    };

    private static string Hint(Tensor node, EqArray<HostTensor> inputs, Elbo elbo, GuidePlan guide)
    {
        for (var i = inputs.Count - elbo.Data.Values.Count; i < inputs.Count; i++)
        {
            if (inputs[i].DType.IsFloat() && inputs[i].ToDoubles().Any(v => !double.IsFinite(v))) return $"the data '{elbo.Inputs[i].InputName()["data:".Length..]}' holds a number that is not finite";
        }
        return node.Op switch
        {
            OpCode.Log or OpCode.Div => "a scale or rate may have reached 0: keep it away with + 1e-6, or lower the step size",
            OpCode.Select => "a value lies outside its distribution's support, or a parameter is illegal",
            OpCode.Exp => guide.Precision == DType.F32 ? "the exponent is too large: lower the step size, or compute in double precision" : "the exponent is too large: lower the step size",
            _ => "lower the step size, or limit gradients with clip = 1.0",
        };
    }
}
