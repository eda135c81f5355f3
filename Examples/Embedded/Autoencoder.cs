using ProbNet.Language.Embedded;
using static ProbNet.Language.Embedded.Functions;

namespace ProbNet.Examples.Embedded;

/// <summary>A variational autoencoder of binary images, its encoder a guide program: <c>Examples/autoencoder/autoencoder.prob</c> in C#.</summary>
public static class Autoencoder
{
    public static Model Model { get; } =
        Model.Define("vae", ArgumentType.Dimension, n =>
            from code in Normal(0, 1).Iid(n, 8)
            let h = code | Layer("decoder.h", 64) | Relu
            from image in Bernoulli(h | Layer("decoder.out", 64))
            select image)
        .WithGuide("encoder", ArgumentType.Real("n", 64), image =>
            from h in Prob.Return(image | Layer("encoder.h", 64) | Relu)
            from code in Normal(h | Layer("encoder.mean", 8), Softplus(h | Layer("encoder.scale", 8)))
            select code);

    // A deterministic layer: its weights are learned point values, named by the path given.
    private static Func<Tensor, Tensor> Layer(string name, Tensor units) => x =>
        x.MatMul(Param($"{name}.w", [x.Features, units], Glorot)) + Param($"{name}.b", [units], Zeros);
}
