using ProbNet.Inference.Options;
using ProbNet.Inference.Workflow;
using ProbNet.Language;
using ProbNet.Language.Elaboration;
using ProbNet.Language.Syntax;

namespace ProbNet.Inference.Tests.Options;

/// <summary>Everything that programs may name is documented, and its example is a program.</summary>
public class CatalogueTests
{
    [Fact]
    public void Every_registry_is_reached_from_the_options_of_algorithms()
    {
        var kinds = Catalogue.Registries.Map(r => r.Kind);
        Assert.Equal("algorithm", kinds[0]);
        Assert.Equal("posterior", kinds[^1]);
        Assert.Equal(kinds.Distinct(), kinds);
        // No registry stands for itself: all that the assembly declares are found, but that of guide programs, whose names mean nothing alone.
        var declared = typeof(Catalogue).Assembly.GetTypes().SelectMany(t => t.GetProperties(System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.Public))
            .Where(p => typeof(IComponentRegistry).IsAssignableFrom(p.PropertyType)).Select(p => ((IComponentRegistry)p.GetValue(null)!).Kind);
        Assert.Equal(declared.Order(), kinds.Order());
    }

    [Fact]
    public void Every_component_and_option_is_documented()
    {
        foreach (var component in Catalogue.Registries.SelectMany(r => r.Components))
        {
            Assert.False(string.IsNullOrWhiteSpace(component.Doc) || component.Doc.Contains('\n') || component.Doc.EndsWith('.'), $"'{component.Name}' needs one line of documentation");
            Assert.False(string.IsNullOrWhiteSpace(component.Source), $"'{component.Name}' needs a source");
            foreach (var option in component.Options)
            {
                Assert.False(string.IsNullOrWhiteSpace(option.Doc) || option.Doc.Contains('\n'), $"option '{option.Name}' of '{component.Name}' needs one line of documentation");
                Assert.False(string.IsNullOrWhiteSpace(option.Expects), $"option '{option.Name}' of '{component.Name}' does not say what it expects");
            }
            Assert.Equal(component.Options.Select(o => o.Name).Distinct(), component.Options.Select(o => o.Name));
        }
    }

    [Fact]
    public void Every_example_is_a_declaration_that_names_its_component()
    {
        foreach (var (registry, component) in Catalogue.Registries.SelectMany(r => r.Components.Select(c => (r, c))))
        {
            if (Catalogue.Example(registry, component) is not { } example)
            {
                Assert.Equal("posterior", registry.Kind);
                continue;
            }
            var program = Checker.Check(new SourceText("example.prob", example));
            Assert.True(program.IsValid, $"{example}\n{DiagnosticRenderer.Render(program.Diagnostics)}");
            var chosen = InferChoice.Of(program, program.Declarations<Declaration.Infer>().Single(), []);
            Assert.True(chosen.Value is not null, $"{example}\n{DiagnosticRenderer.Render(chosen.Diagnostics)}");
            Assert.Contains(component.Name, chosen.Value.Algorithm.ToString());
        }
    }
}
