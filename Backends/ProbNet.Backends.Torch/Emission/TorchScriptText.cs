using ProbNet.Graph;

namespace ProbNet.Backends.Torch;

/// <summary>Graphs as TorchScript for people to read; no library is needed for it.</summary>
public static class TorchScriptText
{
    /// <summary>The script of a step.</summary>
    /// <param name="step">The step, best after <see cref="Pipeline.Optimize"/>.</param>
    /// <param name="fused">
    /// Whether it is the script that <see cref="TorchBackend"/> runs, which calls operators of this project's library; otherwise it is one that any libtorch runs, with one line a node.
    /// </param>
    /// <remarks>An output with the name and type of an input is the input's next value.</remarks>
    public static string Of(TensorGraph step, bool fused = false)
    {
        ArgumentNullException.ThrowIfNull(step);
        return TorchBackend.Emit(fused, new TorchOptions(), step, Carries(step)).Text;
    }

    private static EqArray<Carry> Carries(TensorGraph step) =>
    [
        .. from output in Enumerable.Range(0, step.Outputs.Length)
           from input in Enumerable.Range(0, step.Inputs.Length)
           where step.Inputs[input].InputName() == step.Outputs[output].Name && step.Inputs[input].DType == step.Outputs[output].Value.DType && step.Inputs[input].Shape == step.Outputs[output].Value.Shape
           select new Carry(input, output),
    ];
}
