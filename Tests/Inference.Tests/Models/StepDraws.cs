using ProbNet.Backends.Cpu;
using ProbNet.Graph;
using ProbNet.Inference;
using ProbNet.Inference.Objectives;

namespace ProbNet.Inference.Tests.Models;

/// <summary>Expressions of an objective over many steps, compiled once.</summary>
internal static class StepDraws
{
    /// <summary>The values of expressions at each of some steps, flat: [step][number].</summary>
    public static double[][] Of(
        Elbo elbo, IReadOnlyList<Tensor> outputs, IReadOnlyDictionary<string, HostTensor> parameters, DataSet data, int steps, long seed = 17, Func<int, (long[] Index, double[] Weight)>? batch = null)
    {
        var graph = Pipeline.Optimize(new TensorGraph(elbo.Inputs, outputs.Select((o, i) => ($"{i}", o))));
        using var executable = new CpuBackend().Compile(graph, new CompileOptions { Threads = 1 });
        var at = elbo.Inputs.Select((input, i) => (Name: input.InputName(), i)).ToDictionary(p => p.Name, p => p.i);
        foreach (var (name, i) in at)
        {
            if (name == "seed") executable.Write<long>(i, [seed]);
            else if (name.StartsWith("data:")) executable.Write(i, data.Values[name[5..]]);
            else if (parameters.TryGetValue(name, out var value)) executable.Write(i, value);
        }
        var result = new double[steps][];
        for (var s = 0; s < steps; s++)
        {
            executable.Write<long>(at["step"], [s]);
            if (batch?.Invoke(s) is var (index, weight))
            {
                executable.Write<long>(at[Batch.IndexName], index);
                executable.Write<double>(at[Batch.WeightName], weight);
            }
            executable.Run();
            result[s] = [.. outputs.SelectMany((o, i) => executable.Read(i, new(o.DType, o.Shape)).ToDoubles())];
        }
        return result;
    }

    /// <summary>The gradient of what an objective maximises, with respect to all parameters.</summary>
    public static IReadOnlyList<Tensor> Gradient(Elbo elbo) => Vjp.Gradients(elbo.Surrogate?.Invoke(null) ?? elbo.Value, [.. elbo.Parameters]);
}
