using ProbNet.Graph;
using ProbNet.Language.Elaboration;
using ProbNet.Tests.Support;
using Xunit.Abstractions;

namespace ProbNet.Language.Tests.Elaboration;

/// <summary>The sample programs check and elaborate as written.</summary>
public sealed class SamplesTests(ITestOutputHelper output)
{
    private static readonly int[] Sizes = [7, 5, 3, 11];

    [Theory]
    [InlineData("iris", "iris")]
    [InlineData("regression", "heteroscedastic, homoscedastic, linear")]
    [InlineData("priors", "sparse")]
    [InlineData("eight_schools", "eightSchools")]
    [InlineData("sequence", "forecast, ar2")]
    [InlineData("images", "height, digits")]
    [InlineData("autoencoder", "vae")]
    public void A_sample_checks_and_elaborates(string name, string models)
    {
        if (Program(name) is not { } program) return;
        Assert.Empty(program.Diagnostics);
        Assert.Equal(models, string.Join(", ", program.Models.Select(m => m.Name)));
        Assert.All(program.Models, Elaborates);
    }

    [Theory]
    [InlineData("logistic")]
    [InlineData("gp")]
    [InlineData("radon")]
    public void A_model_of_the_classics_checks_and_elaborates(string name)
    {
        if (Program("classics") is not { } program) return;
        Elaborates(program.Models.Single(m => m.Name == name));
    }

    private static void Elaborates(CheckedModel model)
    {
        var sizes = model.Dimensions.Select((name, i) => (name, i)).ToDictionary(d => d.name, d => Sizes[d.i]);
        foreach (var type in new[] { DType.F32, DType.F64 })
        {
            var graph = model.Elaborate(sizes, model.Dimensions[0], type);
            Assert.Equal(model.Sites.Select(s => s.Name), graph.Sites.Select(s => s.Name));
            // Symbolic and known shapes are two readings of one program.
            Assert.Equal(
                model.Sites.Select(s => Shape.Create([.. s.Type.Axes.Select(a => (int)a.Size.Substitute(sizes).Constant!.Value)])),
                graph.Sites.Select(s => s.Value.Shape));
            Assert.All(graph.Sites, s => Assert.Equal(s.Value.Shape, s.Distribution.Shape));
        }
    }

    private CheckedProgram? Program(string name)
    {
        if (SharedData.Find($"samples/{name}.prob") is { } file) return Checker.Check(new SourceText(Path.GetFileName(file), File.ReadAllText(file)));
        output.WriteLine($"skipped: there is no shared/samples/{name}.prob beside the repository");
        return null;
    }
}
